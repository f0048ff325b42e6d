import { describe, expect, it } from "@jest/globals";
import type { MergeRequestState } from "../../src/domain/merge-request.js";
import { commandDefaults, type Rights } from "../../src/domain/command.js";
import type { Comment } from "../../src/domain/comment.js";
import type { CommitState } from "../../src/domain/commit-status.js";
import type { CommandName } from "../../src/domain/command.js";
import type { RerunChoice } from "../../src/forges/forge.js";
import { Hearing, type HearingServices } from "../../src/linking/commands/hearing.js";
import type { Pair, PairChange } from "../../src/linking/pairs/pairs.js";
import type { Progress } from "../../src/linking/telling/progress.js";
import type { Word } from "../../src/linking/trust/trust.js";

const repository = { forge: "gitlab.com", path: "rpms/tally" };
const pair = {
  sourceGit: { repository, number: 7 },
  distGit: { repository, number: 1 },
  pushedCommit: "c".repeat(40),
  waiting: { head: "d".repeat(40), since: new Date(0) },
} as Pair;

interface Situation {
  /** What somebody may do in the repository of the comment. */
  readonly access?: string;
  readonly rights?: Partial<Rights>;
  /** The present head of the source-git merge request. */
  readonly head?: string;
  /** How its source-git merge request is now, and what the pair is recorded as. */
  readonly source?: MergeRequestState;
  readonly recorded?: Partial<Pair>;
  /** What was last told of it, and whose words were given for it. */
  readonly stands?: Partial<Progress>;
  readonly words?: readonly Partial<Word>[];
  /** The results of dist-git's CI, with the moment of their end where that matters. */
  readonly ci?: Readonly<Record<string, CommitState | readonly [CommitState, string]>>;
  /** What runs again of it; nothing unless told. */
  readonly runs?: (choice: RerunChoice) => readonly string[];
  /** Whoever carried it out before was killed. */
  readonly isAgain?: boolean;
  /** What was ordered after it, and carried out before. */
  readonly later?: readonly CommandName[];
}

/** When people wrote the command. */
const orderedAt = new Date("2026-11-21T12:00:00Z");
/** Of a result that ended before that, or after it. */
const before = "2026-11-21T11:59:00Z";
const after = "2026-11-21T12:01:00Z";

/** What comes of one command in a situation. */
function hear(command: string, situation: Situation) {
  const { access = "write", rights = {}, ci = {}, head = "", isAgain = false, later = [] } = situation;
  const results = Object.entries(ci).map(([context, said]) => {
    const [state, finishedAt] = typeof said === "string" ? [said] : said;
    return { context, state, finishedAt };
  });
  const [name, ...rest] = command.split(" ");
  const forge = {
    findAccess: () => Promise.resolve(access),
    findMergeRequest: () => Promise.resolve({ author: { id: 2 }, head, state: situation.source ?? "open" }),
    rerunJobs: (_: unknown, choice: RerunChoice) => Promise.resolve(situation.runs?.(choice) ?? []),
    listCommitStatuses: () => results,
  };
  const services = {
    forges: { for: () => forge },
    told: { of: () => Promise.resolve({ progress: situation.stands }) },
    pairs: {
      words: () => Promise.resolve(situation.words ?? []),
      trust: () => Promise.resolve(),
      update: (of: Pair, change: PairChange) => Promise.resolve(Object.assign(of, change)),
    },
    counterparts: {
      find: () => Promise.resolve({}),
      abandon: (of: Pair) => Promise.resolve(Object.assign(of, { state: "opening" })),
    },
    commands: { prefix: "/bot", rights: { ...commandDefaults.rights, ...rights } },
  } as unknown as HearingServices;
  const comment = {
    ref: { mergeRequest: { repository, number: 7 } },
    author: { id: 1 },
    createdAt: orderedAt,
  } as Comment;
  const occasion = {
    comment,
    pair: Object.assign(situation.recorded ?? {}, { ...pair, ...situation.recorded }),
    isAgain,
    later: new Set(later),
  };
  return new Hearing(services, occasion).carryOut({
    name: name as CommandName,
    argument: rest.join(" "),
  });
}

describe("retry", () => {
  it("is refused where nothing has failed", async () => {
    expect(await hear("retry", { ci: { build: "success" } })).toEqual({
      done: false,
      text: "nothing to run again: no job of dist-git's CI has failed.",
    });
  });

  it("is refused while CI goes on, and names what it waits for", async () => {
    const ci = { build: "running", lint: "pending", "dist-git/x": "pending", done: "success" } as const;
    expect(await hear("retry", { ci })).toEqual({
      done: false,
      text: "refused: dist-git's CI has not ended with `build`, `lint` yet. Write it again once it has.",
    });
    expect(await hear("retry dist-git/build", { ci })).toMatchObject({
      text: expect.stringContaining("`build`"),
    });
  });

  it("of a job that there is not says so, whatever it is called", async () => {
    expect(await hear("retry bu`ild @all", { ci: { lint: "running" } })).toEqual({
      done: false,
      text: "nothing to run again: dist-git's CI has no job `bu'ild @all` that has ended.",
    });
  });

  it("that was cut off before it was answered is answered as it would have been", async () => {
    const ci = { build: "running", lint: "success" } as const;
    expect(await hear("retry", { ci, isAgain: true })).toEqual({ done: true, text: "runs again: `build`." });
    expect(await hear("retry", { ci: { build: "success" }, isAgain: true })).toEqual({
      done: true,
      text: "nothing is left to run again.",
    });
  });

  it("that was cut off before a job ran again has it run, although another one is under way", async () => {
    const ci = { build: ["failure", before], lint: "running" } as const;
    const runs = ({ which }: RerunChoice) => (which === "failed" ? ["build"] : []);
    expect(await hear("retry", { ci, runs, isAgain: true })).toEqual({
      done: true,
      text: "runs again: `build`.",
    });
  });

  it("that was cut off in the middle has only those run that did not run since", async () => {
    const ci = { build: ["failure", before], lint: ["failure", after], docs: ["canceled", before] } as const;
    const runs = (choice: RerunChoice) => (choice.which === "job" ? [choice.name] : ["everything"]);
    expect(await hear("retry", { ci, runs, isAgain: true })).toMatchObject({
      text: "runs again: `build`, `docs`.",
    });
    expect(await hear("retry lint", { ci, runs, isAgain: true })).toMatchObject({
      text: "nothing is left to run again.",
    });
    expect(await hear("retry build", { ci, runs, isAgain: true })).toMatchObject({
      text: "runs again: `build`.",
    });
  });

  it("of all that was cut off starts no second run of what ran since", async () => {
    const runs = () => ["build", "lint"];
    const ended = { build: ["success", before], lint: ["failure", after] } as const;
    expect(await hear("rerun", { ci: ended, runs, isAgain: true })).toMatchObject({
      text: "nothing is left to run again.",
    });
    const old = { build: ["success", before], deploy: "manual" } as const;
    expect(await hear("rerun", { ci: old, runs, isAgain: true })).toMatchObject({
      text: "runs again: `build`, `lint`.",
    });
  });
});

describe("orders that are heard of late", () => {
  it.each([
    ["pause", "resume"],
    ["resume", "pause"],
    ["close", "recreate"],
    ["recreate", "close"],
  ] as const)("%s, after which came %s", async (order, after) => {
    expect(await hear(order, { later: [after] })).toEqual({
      done: true,
      text: "what was ordered after it holds.",
    });
  });

  it("are carried out where what came after them is no other word on the same", async () => {
    expect(await hear("pause", { later: ["recreate", "retry", "trust"] })).toEqual({
      done: true,
      again: true,
    });
  });
});

describe("trust", () => {
  const head = "abcdef0".padEnd(40, "1");

  it("is for a whole commit id: two commits may begin alike", async () => {
    expect(await hear("trust abcdef0", { head })).toEqual({
      done: false,
      text: `refused: a shortened commit id may be of two commits. Look at the head, then write \`/bot trust ${head}\`.`,
    });
    expect(await hear(`trust ${head.toUpperCase()}`, { head })).toMatchObject({ done: true });
  });

  it("believes who names a head that was not shown as waiting yet, and no one else", async () => {
    const head = "b".repeat(40);
    const unseen = { head, recorded: { waiting: undefined, mirroredHead: "a".repeat(40) } };
    const nothing = { done: false, text: "nothing waits for trust here." };
    expect(await hear(`trust ${head}`, unseen)).toEqual({ done: true, again: true });
    expect(await hear("trust", unseen)).toEqual(nothing);
    const mirrored = { head, recorded: { waiting: undefined, mirroredHead: head } };
    expect(await hear(`trust ${head}`, mirrored)).toEqual(nothing);
  });
});

describe("resync, where nothing is carried over", () => {
  const head = "d".repeat(40);

  it.each([
    ["dist-ended", { state: "stopped" }, "`/bot recreate` opens a new one"],
    ["foreign-push", { state: "stopped" }, "`/bot recreate` opens a new one"],
    ["renamed", { state: "stopped" }, "calls both repositories by their present names"],
    ["mirrored", { state: "open", pausedBy: "ann`a" }, "`ann'a` paused it. `/bot resume` goes on"],
    ["waiting-for-maintainer", { state: "opening" }, `writes \`/bot trust ${head}\``],
  ] as const)(
    "for it is %s, is answered with the way out, and it is looked at again",
    async (stage, recorded, text) => {
      expect(await hear("resync", { stands: { stage }, recorded: { ...recorded } })).toEqual({
        done: false,
        text: expect.stringContaining(text),
        again: true,
      });
    },
  );

  it("is carried out once somebody gave the word that it waited for, or it may go on by itself", async () => {
    const done = { done: true, again: true };
    expect(await hear("resync", { recorded: { state: "opening" }, words: [{ commit: head }] })).toEqual(done);
    const found: Partial<Pair> = { state: "stopped", waiting: undefined };
    expect(await hear("resync", { stands: { stage: "source-gone" }, recorded: found })).toEqual(done);
  });
});

describe("of a merge request that has ended", () => {
  const merged = (recorded: Partial<Pair>) => ({ source: "merged", recorded }) as const;

  it("the counterpart is not made anew, for nothing would follow", async () => {
    const recorded: Partial<Pair> = { state: "merged" };

    expect(await hear("recreate", merged(recorded))).toMatchObject({
      done: false,
      text: expect.stringContaining("has ended"),
    });
    expect(recorded.state).toBe("merged");
  });

  it("what was mirrored stays known, so that dist-git's side still merges once it is green", async () => {
    const mirroredHead = "a".repeat(40);
    const waiting: Partial<Pair> = { state: "merging", mirroredHead };
    const open: Partial<Pair> = { state: "open", mirroredHead, waiting: undefined };

    expect(await hear("resync", merged(waiting))).toMatchObject({
      done: false,
      text: expect.stringContaining("has ended"),
    });
    await hear("resync", { recorded: open });

    expect(waiting.mirroredHead).toBe(mirroredHead);
    expect(open.mirroredHead).toBeNull();
  });
});

describe("who may give a command", () => {
  it("is what sluice.yml says, and a refusal says which right is missing", async () => {
    const rights = { retry: { access: "admin", author: false } } as const;
    expect(await hear("retry", { rights })).toEqual({
      done: false,
      text: "refused: it takes admin access to this repository, and yours is write.",
    });
    expect(await hear("retry", { rights, access: "admin" })).toMatchObject({
      text: expect.stringContaining("nothing to run"),
    });
  });

  it("is told by help, with the prefix that is used", async () => {
    const rights = { pause: { access: "admin", author: true } } as const;
    const { text } = await hear("help", { rights, access: "none" });
    expect(text).toMatch(
      /^\| `\/bot pause` \| carries nothing over until `resume` \| admin access, or the author \|$/m,
    );
    expect(text).toMatch(/^\| `\/bot status` \| .* \| everybody \|$/m);
    expect(text).not.toContain("/sluice");
  });
});
