import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import type { CommitState, CommitStatus } from "../../src/domain/commit-status.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SharedStatuses } from "../../src/linking/results/shared-statuses.js";
import { SqlStatusNames } from "../../src/linking/results/sql-status-names.js";
import { markOf, type NamingServices } from "../../src/linking/results/status-names.js";
import { engines, useDatabases } from "../world/databases.js";

const repository = { forge: "gitlab.com", path: "src/tally" };
const commit = "a".repeat(40);

interface About {
  readonly head?: string;
  readonly concerns?: "itself";
  readonly state?: "merged";
}

describe.each(engines)("the statuses that merge requests of one commit share, in %s", (engine) => {
  const databases = useDatabases(engine);

  /** A commit, its statuses as people see them, and two pairs that have something to say of it. */
  async function prepared() {
    const database = await databases.open();
    const pairs = new SqlPairs(database, systemClock);
    const pairOf = (number: number) =>
      pairs.ensure({
        sourceGit: { repository, number },
        distGit: { repository: { forge: "github.com", path: "rpms/tally" }, branch: `sluice/${number}` },
      });
    const seen: Record<string, string> = {};
    const post = (statuses: readonly CommitStatus[]) => {
      for (const { context, state, description } of statuses) seen[context] = `${state}: ${description}`;
      return Promise.resolve("set" as const);
    };
    const forge = {
      capabilities: { mergeRequestSigil: "!" },
      ensureCommitStatuses: (_: unknown, statuses: readonly CommitStatus[]) => post(statuses),
    };
    const names = new SqlStatusNames(database);
    const services = { names, forges: { for: () => forge } } as unknown as NamingServices;
    const shared = new SharedStatuses(services);
    const of = ({ sourceGit: ref }: Pair, head = commit, state = "open") =>
      ({ ref, head, state }) as MergeRequest;
    const say = async (pair: Pair, state: CommitState, about: About = {}) =>
      shared.say(
        {
          ...{ pair, mergeRequest: of(pair, about.head, about.state), commit, kind: "results" },
          mark: await markOf(services, { ref: pair.sourceGit, pair, commit }),
          concerns: about.concerns ?? "everybody",
          status: { context: "dist-git", state, description: `of ${pair.sourceGit.number}` },
        },
        post,
      );
    return { seen, say, shared, of, pairs: [await pairOf(1), await pairOf(2)] as const };
  }

  it("say the gravest, and name whose it is", async () => {
    const {
      seen,
      say,
      pairs: [first, second],
    } = await prepared();
    await say(first, "success");
    expect(seen).toEqual({ "dist-git": "success: of 1" });

    await say(second, "pending");
    expect(seen).toEqual({ "dist-git": "pending: !2: of 2", "dist-git !2": "pending: of 2" });
    await say(first, "failure");
    expect(seen["dist-git"]).toBe("failure: of 1");
    await say(first, "success");
    await say(second, "success");
    expect(seen).toEqual({ "dist-git": "success: of 1", "dist-git !2": "success: of 2" });
  });

  it("are the other's alone once one has ended, or has another head", async () => {
    const {
      seen,
      say,
      shared,
      of,
      pairs: [first, second],
    } = await prepared();
    await say(first, "failure");
    await say(second, "success");
    expect(seen["dist-git"]).toBe("failure: of 1");

    await shared.leave(first, of(first, "b".repeat(40)), "b".repeat(40));
    expect(seen["dist-git"]).toBe("success: of 2");
    // What comes late of the commit that it had is shown where it has a name of its own.
    await say(first, "failure", { head: "b".repeat(40) });
    expect(seen["dist-git"]).toBe("success: of 2");
    await shared.leave(second, of(second));
    await say(first, "failure", { head: "b".repeat(40) });
    expect(seen["dist-git"]).toBe("failure: of 1");
  });

  it("say the end of one that is alone, and are the others' where it is not", async () => {
    const {
      seen,
      say,
      pairs: [first, second],
    } = await prepared();
    await say(first, "pending");
    await say(first, "success", { state: "merged" });
    expect(seen).toEqual({ "dist-git": "success: of 1" });

    await say(second, "failure");
    await say(first, "success", { state: "merged" });
    expect(seen["dist-git"]).toMatch(/^failure: /);
  });

  it("are held up by nobody who waits for trust", async () => {
    const {
      seen,
      say,
      pairs: [first, second],
    } = await prepared();
    await say(first, "pending", { concerns: "itself" });
    expect(seen).toEqual({ "dist-git": "pending: of 1" });
    await say(second, "success");
    await say(first, "pending", { concerns: "itself" });

    expect(seen).toEqual({
      "dist-git": "success: of 2",
      "dist-git !1": "pending: of 1",
      "dist-git !2": "success: of 2",
    });
  });

  it("end in the gravest where all speak at the same moment", async () => {
    const {
      seen,
      say,
      pairs: [first, second],
    } = await prepared();
    await Promise.all([say(first, "success"), say(second, "failure"), say(first, "success")]);
    expect(seen["dist-git"]).toBe("failure: !2: of 2");
  });
});
