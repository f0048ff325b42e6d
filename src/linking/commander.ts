import type { Comment } from "../domain/comment.js";
import { allows, type AccessLevel } from "../domain/merge-request.js";
import type { MergeRequestRef } from "../domain/refs.js";
import type { RerunChoice } from "../forges/forge.js";
import type { ForgeRegistry } from "../forges/registry.js";
import {
  alreadyTrusted,
  answered,
  answerTopic,
  helpText,
  missingRight,
  movedOn,
  nothingToRun,
  notMirrored,
  pairText,
  runAgain,
  unknownCommand,
} from "./command-wording.js";
import { type Command, type CommandName, type Orders, readOrders, type Right } from "./commands.js";
import type { Counterparts } from "./counterparts.js";
import type { Links } from "./links.js";
import type { Pair, Pairs } from "./pairs.js";

export interface CommanderServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
  readonly rights: Readonly<Record<CommandName, Right>>;
}

/** What came of a comment: why nothing, or which pair has to be looked at again. */
export type Obeyed =
  | { readonly outcome: "nothing"; readonly reason: string }
  | { readonly outcome: "obeyed"; readonly summary: string; readonly again: MergeRequestRef | undefined };

/** What a command came to; a refusal always has words. */
type Answer =
  | { readonly done: true; readonly text?: string; readonly again?: boolean }
  | { readonly done: false; readonly text: string };

/** Carries out the commands that people write in comments, on either side of a pair. */
export class Commander {
  readonly #services: CommanderServices;

  constructor(services: CommanderServices) {
    this.#services = services;
  }

  async obey(comment: Comment): Promise<Obeyed> {
    const orders = readOrders(comment.body);
    const reason = await this.#reasonToPass(comment, orders);
    if (reason !== undefined) return { outcome: "nothing", reason };
    const pair = await this.#pairOf(comment.ref.mergeRequest);
    if (!pair) return { outcome: "nothing", reason: "not a merge request of a pair" };

    const hearing = new Hearing(this.#services, comment, pair);
    const answers: { readonly done: boolean; readonly text: string; readonly again: boolean }[] = [];
    for (const command of orders.commands) {
      const answer = await hearing.carryOut(command);
      const text = answer.text === undefined ? "" : answered(command, answer.text);
      answers.push({ done: answer.done, text, again: answer.done && answer.again === true });
    }
    for (const word of orders.unknown)
      answers.push({ done: false, text: unknownCommand(word), again: false });
    await this.#answer(comment, answers);
    return {
      outcome: "obeyed",
      summary: orders.commands.map(({ name }) => name).join(", ") || "no known command",
      again: answers.some(({ again }) => again) ? pair.sourceGit : undefined,
    };
  }

  async #reasonToPass(comment: Comment, { commands, unknown }: Orders): Promise<string | undefined> {
    if (commands.length + unknown.length === 0) return "no command";
    if (comment.edited) return "an edited comment gives no orders";
    if (comment.byBot) return "a bot gives no orders";
    const ourselves = await this.#services.forges.for(comment.ref.mergeRequest.repository).identity();
    return ourselves.id === comment.author.id ? "our own comment" : undefined;
  }

  async #pairOf(ref: MergeRequestRef): Promise<Pair | undefined> {
    const { links, pairs } = this.#services;
    const fromSource = links.from(ref.repository).length > 0 ? await pairs.withSourceGit(ref) : undefined;
    return fromSource ?? pairs.withDistGit(ref);
  }

  async #answer(
    { ref }: Comment,
    answers: readonly { readonly done: boolean; readonly text: string }[],
  ): Promise<void> {
    const forge = this.#services.forges.for(ref.mergeRequest.repository);
    const text = answers
      .map((answer) => answer.text)
      .filter(Boolean)
      .join("\n\n");
    if (text !== "") await forge.ensureComment(ref.mergeRequest, { topic: answerTopic, text });
    await forge.ensureReaction(ref, answers.every(({ done }) => done) ? "done" : "refused");
  }
}

/** The commands of one comment, by one person, on one pair. */
class Hearing {
  readonly #services: CommanderServices;
  readonly #comment: Comment;
  #pair: Pair;
  #level: AccessLevel | undefined;

  constructor(services: CommanderServices, comment: Comment, pair: Pair) {
    this.#services = services;
    this.#comment = comment;
    this.#pair = pair;
  }

  async carryOut(command: Command): Promise<Answer> {
    const right = this.#services.rights[command.name];
    const level = await this.#missing(right);
    if (level !== undefined) return { done: false, text: missingRight(level, right) };
    switch (command.name) {
      case "help":
        return { done: true, text: helpText(this.#services.rights) };
      case "status":
        return { done: true, text: pairText(this.#pair), again: true };
      case "retry":
        return this.#rerun(jobChoice(command.argument));
      case "rerun":
        return this.#rerun({ which: "all" });
      case "recreate":
        return this.#recreate();
      case "resync":
        return this.#change({ mirroredHead: null });
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

  /** The level that is not enough; `undefined` when the command may be given. */
  async #missing({ level: needed, author }: Right): Promise<AccessLevel | undefined> {
    if (needed === "none") return undefined;
    const { ref, author: person } = this.#comment;
    const { repository } = ref.mergeRequest;
    const forge = this.#services.forges.for(repository);
    this.#level ??= await forge.findAccess(repository, person);
    if (allows(this.#level, needed)) return undefined;
    if (!author) return this.#level;
    const mergeRequest = await forge.findMergeRequest(ref.mergeRequest);
    return mergeRequest?.author.id === person.id ? undefined : this.#level;
  }

  async #change(change: Parameters<Pairs["update"]>[1]): Promise<Answer> {
    this.#pair = await this.#services.pairs.update(this.#pair, change);
    return { done: true, again: true };
  }

  async #rerun(choice: RerunChoice): Promise<Answer> {
    const { pushedCommit: commit, distGit } = this.#pair;
    const mergeRequest = await this.#services.counterparts.find(this.#pair);
    if (!mergeRequest || commit === undefined) return { done: false, text: notMirrored };
    const jobs = await this.#services.forges
      .for(distGit.repository)
      .rerunJobs({ mergeRequest, commit }, choice);
    const named = choice.which === "job" ? choice.name : undefined;
    return jobs.length === 0
      ? { done: false, text: nothingToRun(named) }
      : { done: true, text: runAgain(jobs) };
  }

  async #recreate(): Promise<Answer> {
    const { counterparts } = this.#services;
    await counterparts.close(await counterparts.find(this.#pair));
    return this.#change({ state: "opening", distNumber: null, mirroredHead: null, shown: null });
  }

  async #close(): Promise<Answer> {
    const counterpart = await this.#services.counterparts.find(this.#pair);
    if (!counterpart) return { done: false, text: notMirrored };
    await this.#services.counterparts.close(counterpart);
    return this.#change({ state: "stopped" });
  }

  /** Trust is for a commit: a head that nobody was shown before the command was written is not what it meant. */
  async #trust(argument: string): Promise<Answer> {
    const { pairs, forges } = this.#services;
    const { sourceGit, waiting } = this.#pair;
    if (waiting === undefined) return { done: false, text: alreadyTrusted };
    const mergeRequest = await forges.for(sourceGit.repository).findMergeRequest(sourceGit);
    if (!mergeRequest) return { done: false, text: alreadyTrusted };
    const { head } = mergeRequest;
    const isMeant = /^[0-9a-f]{7,64}$/i.test(argument)
      ? head.startsWith(argument.toLowerCase())
      : argument === "" && waiting.head === head && waiting.since <= this.#comment.createdAt;
    if (!isMeant) return { done: false, text: movedOn(head) };
    await pairs.trust(this.#pair, { commit: head, by: this.#comment.author.login });
    return { done: true, again: true };
  }
}

/** People name a job as source-git shows it or as dist-git does. */
function jobChoice(argument: string): RerunChoice {
  const name = argument.replace(/^dist-git\//, "");
  return name === "" ? { which: "failed" } : { which: "job", name };
}
