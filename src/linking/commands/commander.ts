import type { CommandName } from "../../domain/command.js";
import type { Comment } from "../../domain/comment.js";
import { type MergeRequestRef, sameRepository } from "../../domain/refs.js";
import {
  answered,
  answersText,
  answerTopic,
  mostAnswers,
  unknownCommand,
} from "../wording/command-wording.js";
import { type Orders, readOrders } from "./commands.js";
import { Hearing, type HearingServices } from "./hearing.js";
import { HomeHearing } from "./home-hearing.js";
import { homecomingOf } from "../homecoming/homecoming-of.js";
import type { Homecomings } from "../homecoming/homecomings.js";
import type { Links } from "../links/links.js";
import type { Pair } from "../pairs/pairs.js";
import type { ObeyedComments, Settled } from "../reconciler/sweeps.js";

export interface CommanderServices extends HearingServices {
  readonly links: Links;
  readonly homecomings: Pick<Homecomings, "withBranch">;
  readonly obeyed: Pick<ObeyedComments, "begin" | "later" | "settle" | "settled" | "answers">;
}

/** What came of a comment: why nothing, or which pair has to be looked at again. */
export type Obeyed =
  | { readonly outcome: "nothing"; readonly reason: string }
  /** It orders something of a merge request that no pair has, or not yet. */
  | { readonly outcome: "unpaired" }
  | {
      readonly outcome: "obeyed";
      readonly summary: string;
      /** What was carried out. */
      readonly orders: readonly CommandName[];
      readonly again: MergeRequestRef | undefined;
    };

interface Given {
  /** `undefined` where it is no command. */
  readonly name: CommandName | undefined;
  readonly done: boolean;
  readonly text: string;
  readonly again: boolean;
}

/** Carries out the commands that people write in comments, on either side of a pair; where there is none because dist-git's changes come home, says so. */
export class Commander {
  readonly #services: CommanderServices;

  constructor(services: CommanderServices) {
    this.#services = services;
  }

  /** `of` is the source-git side of the pair where that is known: the comment's own merge request may have been replaced since. */
  async obey(comment: Comment, of: MergeRequestRef = comment.ref.mergeRequest): Promise<Obeyed> {
    const orders = readOrders(comment.body, this.#services.commands.prefix);
    const reason = await this.#reasonToPass(comment, orders);
    if (reason !== undefined) return { outcome: "nothing", reason };
    const pair = await this.#pairOf(of);
    if (!pair && !(await this.#comesHome(of))) return { outcome: "unpaired" };

    const { obeyed } = this.#services;
    const ordering = { ref: comment.ref, saidAt: comment.createdAt };
    const isAgain = (await obeyed.begin(ordering)) === "again";
    const summary = orders.commands.map(({ name }) => name).join(", ") || "no known command";
    // Whoever was cut off while telling tells the same again: by now the order might be refused.
    const before = isAgain ? await obeyed.settled(comment.ref) : undefined;
    if (before) {
      await this.#tell(comment, before);
      return { outcome: "obeyed", summary, orders: before.orders, again: pair?.sourceGit };
    }
    const hearing = pair
      ? new Hearing(this.#services, {
          ...{ comment, pair, isAgain },
          later: await obeyed.later(ordering, placesOf(pair)),
        })
      : new HomeHearing(this.#services, comment);
    const given = await this.#carryOut(orders, hearing);
    const settled = settledBy(given);
    await obeyed.settle(comment.ref, settled);
    await this.#tell(comment, settled);
    const again = given.some((each) => each.again) ? pair?.sourceGit : undefined;
    return { outcome: "obeyed", summary, orders: settled.orders, again };
  }

  async #reasonToPass(comment: Comment, { commands, unknown }: Orders): Promise<string | undefined> {
    if (commands.length + unknown.length === 0) return "no command";
    if (comment.edited) return "an edited comment gives no orders";
    if (comment.byBot) return "a bot gives no orders";
    if (comment.byMail) return "a comment sent by mail gives no orders";
    const ourselves = await this.#services.forges.ourselves(comment.ref.mergeRequest.repository.forge);
    return ourselves.some(({ id }) => id === comment.author.id) ? "our own comment" : undefined;
  }

  /** Of one that is still linked: who took a link out of `sluice.yml` wants nothing more to happen there. */
  async #pairOf(ref: MergeRequestRef): Promise<Pair | undefined> {
    const { links, pairs } = this.#services;
    const pair = (await pairs.withSourceGit(ref)) ?? (await pairs.withDistGit(ref));
    const isLinked =
      pair &&
      links
        .from(pair.sourceGit.repository)
        .some(({ distGit }) => sameRepository(distGit, pair.distGit.repository));
    return isLinked ? pair : undefined;
  }

  /** dist-git's changes do, by a merge request that no pair ever has. */
  async #comesHome(ref: MergeRequestRef): Promise<boolean> {
    const { forges, homecomings } = this.#services;
    const mergeRequest = await forges.for(ref.repository).findMergeRequest(ref);
    return mergeRequest !== undefined && (await homecomingOf(homecomings, mergeRequest)) !== undefined;
  }

  async #carryOut({ commands, unknown }: Orders, hearing: Hearing | HomeHearing): Promise<readonly Given[]> {
    const { prefix } = this.#services.commands;
    const answers: Given[] = [];
    for (const command of commands) {
      const answer = await hearing.carryOut(command);
      const text = answer.text === undefined ? "" : answered(command, answer.text, prefix);
      answers.push({
        name: command.name,
        done: answer.done,
        text,
        again: answer.again === true,
      });
    }
    const none = unknown.map((word) => ({
      ...{ name: undefined, done: false, again: false },
      text: unknownCommand(word, prefix),
    }));
    return [...answers, ...none];
  }

  async #tell({ ref }: Comment, { answer, reaction }: Settled): Promise<void> {
    const forge = this.#services.forges.for(ref.mergeRequest.repository);
    if (answer !== undefined) {
      // With what was answered to others before: who ordered something finds the answer, whoever wrote after them.
      const text = answersText(await this.#services.obeyed.answers(ref.mergeRequest, mostAnswers));
      await forge.ensureComment(ref.mergeRequest, { topic: answerTopic, text });
    }
    await forge.ensureReaction(ref, reaction);
  }
}

function settledBy(given: readonly Given[]): Settled {
  const said = given.map(({ text }) => text).filter(Boolean);
  return {
    answer: said.length > 0 ? said.join("\n\n") : undefined,
    reaction: given.every(({ done }) => done) ? "done" : "refused",
    orders: given.flatMap(({ done, name }) => (done && name ? [name] : [])),
  };
}

/** Where orders for a pair are given. */
function placesOf({ sourceGit, distGit: { repository, number } }: Pair): readonly MergeRequestRef[] {
  return number === undefined ? [sourceGit] : [sourceGit, { repository, number }];
}
