import { secondOf } from "../../domain/clock.js";
import { isFinal } from "../../domain/commit-status.js";
import type { CommandName, CommandSettings } from "../../domain/command.js";
import type { Comment } from "../../domain/comment.js";
import type { CommitId } from "../../domain/refs.js";
import type { RerunChoice } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import {
  alreadyTrusted,
  hasEnded,
  helpText,
  isPaused,
  missingRight,
  nothingToRun,
  nothingLeft,
  notMirrored,
  notTheHead,
  overtaken,
  runAgain,
  stillRunning,
  waitsForTrust,
  whyStopped,
} from "../wording/command-wording.js";
import type { Command } from "./commands.js";
import { isUnderWay, leftToRun, meantBy, rerunEach } from "./left-to-run.js";
import type { Counterparts } from "../pairs/counterparts.js";
import { Permission } from "./permission.js";
import { distResults } from "../results/dist-results.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import type { ToldRecords } from "../telling/told.js";
import { ownName } from "../wording/wording.js";

export interface HearingServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
  readonly commands: CommandSettings;
  readonly told: Pick<ToldRecords, "of">;
  /** Says where a pair stands. */
  readonly standing: { of(pair: Pair): Promise<string> };
}

/** What a command came to; a refusal always has words. */
export type Answer =
  | { readonly done: true; readonly text?: string; readonly again?: boolean }
  | { readonly done: false; readonly text: string; readonly again?: boolean };

/** A comment that orders something of a pair. */
export interface Occasion {
  readonly comment: Comment;
  readonly pair: Pair;
  /** Somebody was cut off who carried out these very orders: some may be done. */
  readonly isAgain: boolean;
  /** What people ordered after it, and was heard of before it. */
  readonly later: ReadonlySet<CommandName>;
}

/** The commands of one comment, by one person, on one pair. */
export class Hearing {
  readonly #services: HearingServices;
  readonly #occasion: Occasion;
  readonly #permission: Permission;
  #pair: Pair;

  constructor(services: HearingServices, occasion: Occasion) {
    this.#services = services;
    this.#occasion = occasion;
    this.#permission = new Permission(services.forges, occasion.comment);
    this.#pair = occasion.pair;
  }

  get #comment(): Comment {
    return this.#occasion.comment;
  }

  async carryOut(command: Command): Promise<Answer> {
    const { commands, standing } = this.#services;
    const right = commands.rights[command.name];
    const level = await this.#permission.missing(right);
    if (level !== undefined) return { done: false, text: missingRight(level, right) };
    if (isOvertaken(command.name, this.#occasion.later)) return { done: true, text: overtaken };
    switch (command.name) {
      case "help":
        return { done: true, text: helpText(commands) };
      case "status":
        return { done: true, text: await standing.of(this.#pair), again: true };
      case "retry":
        return this.#rerun(jobChoice(command.argument));
      case "rerun":
        return this.#rerun({ which: "all" });
      case "recreate":
        return this.#recreate();
      case "resync":
        return this.#resync();
      case "pause":
        return this.#change({ pausedBy: this.#comment.author.login });
      case "resume":
        return this.#change({ pausedBy: null });
      case "trust":
        return this.#trust(command.argument);
      case "close":
        return this.#close();
    }
  }

  async #change(change: Parameters<Pairs["update"]>[1]): Promise<Answer> {
    this.#pair = await this.#services.pairs.update(this.#pair, change);
    return { done: true, again: true };
  }

  async #rerun(choice: RerunChoice): Promise<Answer> {
    const { pushedCommit: commit, distGit } = this.#pair;
    const mergeRequest = await this.#services.counterparts.find(this.#pair);
    if (!mergeRequest || commit === undefined) return { done: false, text: notMirrored };
    const forge = this.#services.forges.for(distGit.repository);
    const { isAgain, comment } = this.#occasion;
    const results = async () => meantBy(choice, await distResults(forge, this.#pair, { commit }));
    const before = isAgain ? await results() : [];
    // Whoever was cut off may have had them run again: what did since it was ordered is not run twice.
    const choices = isAgain ? leftToRun(before, { choice, orderedAt: comment.createdAt }) : [choice];
    const jobs = await rerunEach(forge, { mergeRequest, commit }, choices);
    if (jobs.length > 0) return { done: true, text: runAgain(jobs) };
    if (isAgain) {
      const again = before.filter(isUnderWay).map(({ context }) => context);
      return { done: true, text: again.length > 0 ? runAgain(again) : nothingLeft };
    }
    const running = (await results()).filter(({ state }) => !isFinal(state)).map(({ context }) => context);
    return {
      done: false,
      text:
        running.length > 0
          ? stillRunning(running)
          : nothingToRun(choice.which === "job" ? choice.name : undefined),
    };
  }

  /** Where nothing is carried over any more, what was is not to be forgotten: how the pair ends is judged by it. */
  async #resync(): Promise<Answer> {
    const obstacle = await this.#obstacle();
    // It may be out of the way by now, which nobody told of.
    if (obstacle !== undefined) return { done: false, text: obstacle, again: true };
    return this.#change(this.#goesOn() ? { mirroredHead: null } : {});
  }

  #goesOn(): boolean {
    return ["opening", "open", "empty"].includes(this.#pair.state);
  }

  /** Why nothing would be carried over, and what to order instead. */
  async #obstacle(): Promise<string | undefined> {
    const { state, pausedBy } = this.#pair;
    const { commands, told } = this.#services;
    if (!this.#goesOn() && !(await this.#isOpen())) return hasEnded;
    const progress = state === "stopped" ? (await told.of(this.#pair))?.progress : undefined;
    const why = progress && whyStopped(progress, commands.prefix);
    if (why !== undefined) return why;
    if (pausedBy !== undefined) return isPaused(pausedBy, commands.prefix);
    const untrusted = await this.#untrusted();
    return untrusted === undefined ? undefined : waitsForTrust(untrusted, commands.prefix);
  }

  async #isOpen(): Promise<boolean> {
    const { sourceGit } = this.#pair;
    const mergeRequest = await this.#services.forges.for(sourceGit.repository).findMergeRequest(sourceGit);
    return mergeRequest?.state === "open";
  }

  /** The head that waits, unless somebody gave the word a moment ago. */
  async #untrusted(): Promise<CommitId | undefined> {
    const head = this.#pair.waiting?.head;
    if (head === undefined) return undefined;
    const words = await this.#services.pairs.words(this.#pair);
    return words.some(({ commit }) => commit === head) ? undefined : head;
  }

  async #recreate(): Promise<Answer> {
    if (!(await this.#isOpen())) return { done: false, text: hasEnded };
    this.#pair = await this.#services.counterparts.abandon(this.#pair);
    return { done: true, again: true };
  }

  async #close(): Promise<Answer> {
    const counterpart = await this.#services.counterparts.find(this.#pair);
    if (!counterpart) return { done: false, text: notMirrored };
    await this.#services.counterparts.close(counterpart);
    return this.#change({ state: "stopped" });
  }

  /**
   * Trust is for a commit: a head that nobody was shown before the command was written is not what it meant. Who names the
   * commit may be faster than Sluice, and is believed before it was shown as waiting.
   */
  async #trust(argument: string): Promise<Answer> {
    const { pairs, forges, commands } = this.#services;
    const { sourceGit, waiting, mirroredHead } = this.#pair;
    const refused = { done: false, text: alreadyTrusted } as const;
    if (waiting === undefined && argument === "") return refused;
    const mergeRequest = await forges.for(sourceGit.repository).findMergeRequest(sourceGit);
    if (!mergeRequest) return refused;
    const { head } = mergeRequest;
    if (waiting === undefined && mirroredHead === head) return refused;
    // Whoever pushes can make another commit that begins with the same digits: only a whole id names one.
    const isMeant = argument === "" ? this.#wasShown(head) : head === argument.toLowerCase();
    if (!isMeant) return { done: false, text: notTheHead(head, { argument, prefix: commands.prefix }) };
    await pairs.trust(this.#pair, { commit: head, by: this.#comment.author.login });
    return { done: true, again: true };
  }

  /** As waiting, before the comment was written, of which GitHub tells the second. */
  #wasShown(head: CommitId): boolean {
    const { waiting } = this.#pair;
    return waiting?.head === head && secondOf(waiting.since) <= this.#comment.createdAt;
  }
}

/** Of these the last word counts, in whatever order they are heard of. */
const opposites: readonly (readonly CommandName[])[] = [
  ["pause", "resume"],
  ["close", "recreate"],
];

function isOvertaken(name: CommandName, later: ReadonlySet<CommandName>): boolean {
  return opposites.some((group) => group.includes(name) && group.some((other) => later.has(other)));
}

/** People name a job as source-git shows it or as dist-git does. */
function jobChoice(argument: string): RerunChoice {
  const name = ownName(argument);
  return name === "" ? { which: "failed" } : { which: "job", name };
}
