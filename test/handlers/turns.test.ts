import { describe, expect, it } from "@jest/globals";
import { followDistGit } from "../../src/handlers/follow-dist-git.js";
import { jobsFor } from "../../src/handlers/jobs.js";
import { obeyComment } from "../../src/handlers/obey-comment.js";
import { relayCommitStatuses } from "../../src/handlers/relay-commit-statuses.js";
import type { Services } from "../../src/handlers/services.js";
import type { NewJob } from "../../src/queue/queue.js";

const sourceGit = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 };
const distGit = { repository: { forge: "github.com", path: "rpms/tally" }, number: 1 };
const pair = { sourceGit, distGit, state: "open" };

/** Services that know the one pair, and fail where a forge is asked before it is the job's turn. */
function knowing(jobs: NewJob[]): Services {
  const services = {
    pairs: {
      withSourceGit: ({ number }: typeof sourceGit) => Promise.resolve(number === 7 ? pair : undefined),
      withDistGit: ({ number }: typeof distGit) => Promise.resolve(number === 1 ? pair : undefined),
    },
    links: { from: ({ path }: { path: string }) => (path === "src/tally" ? [{}] : []) },
    commander: { obey: () => Promise.resolve({ outcome: "unpaired" }) },
    forges: {
      ourselves: () => Promise.resolve([{ id: 99 }]),
      for: () => ({ findComment: () => Promise.resolve({}) }),
    },
    obeyed: { has: () => Promise.resolve(false) },
    queue: { add: (added: readonly NewJob[]) => Promise.resolve(void jobs.push(...added)) },
  };
  return services as unknown as Services;
}

describe("results of dist-git's CI", () => {
  it("are shown in the lane of each pair that the commit is of, one after the other", async () => {
    const jobs: NewJob[] = [];
    const commitOf = (digit: string) => ({
      repository: distGit.repository,
      commit: digit.repeat(40),
    });
    const [commit, ran] = [commitOf("a"), commitOf("b")];
    const other = { ...pair, sourceGit: { ...sourceGit, number: 8 } };
    const relay = {
      find: () => Promise.resolve({ commit, ran, mirrored: [{ pair }, { pair: other }] }),
      relay: () => Promise.reject(new Error("it is not its turn")),
    };
    const services = { ...knowing(jobs), relay } as unknown as Services;
    await relayCommitStatuses({ commit: ran, waiting: "goes on" }, services);

    const lanes = [sourceGit, other.sourceGit].map(
      (mergeRequest) => jobsFor({ kind: "merge-request", mergeRequest })[0]?.lane,
    );
    expect(jobs.map(({ lane }) => lane)).toEqual(lanes);
    expect(jobs[0]).toMatchObject({
      kind: "relay-commit-statuses",
      payload: { commit, ran: ran.commit, waiting: "goes on", turn: sourceGit },
    });
  });
});

describe("a turn that waited while source-git was renamed", () => {
  const before = { repository: { forge: "gitlab.com", path: "old/tally" }, number: 7 };
  const [mirroring] = jobsFor({ kind: "merge-request", mergeRequest: sourceGit });

  it("comes again in the lane of the new name, with results", async () => {
    const jobs: NewJob[] = [];
    const commit = { repository: distGit.repository, commit: "a".repeat(40) };
    const relay = { find: () => Promise.resolve({ commit, ran: undefined, mirrored: [{ pair }] }) };
    const services = { ...knowing(jobs), relay } as unknown as Services;
    await relayCommitStatuses({ commit, waiting: "is over", turn: before }, services);

    expect(jobs).toMatchObject([{ lane: mirroring?.lane, payload: { waiting: "is over", turn: sourceGit } }]);
  });

  it("comes again in the lane of the new name, with what people did in dist-git", async () => {
    const jobs: NewJob[] = [];
    await followDistGit({ mergeRequest: distGit, by: 3, turn: before }, knowing(jobs));

    expect(jobs).toMatchObject([{ kind: "follow-dist-git", lane: mirroring?.lane, payload: { by: 3 } }]);
  });
});

describe("what people do in dist-git", () => {
  it("is a command that takes its turn in the lane of source-git's side", async () => {
    const jobs: NewJob[] = [];
    const comment = { mergeRequest: distGit, id: 5 };
    await obeyComment({ comment }, knowing(jobs));

    const [mirroring] = jobsFor({ kind: "merge-request", mergeRequest: sourceGit });
    expect(jobs).toMatchObject([
      { kind: "obey-comment", lane: mirroring?.lane, payload: { comment, turn: sourceGit } },
    ]);
  });

  it("stops the pair in the lane of source-git's side", async () => {
    const jobs: NewJob[] = [];
    await followDistGit({ mergeRequest: distGit, by: 3 }, knowing(jobs));

    const [mirroring] = jobsFor({ kind: "merge-request", mergeRequest: sourceGit });
    expect(jobs).toMatchObject([
      {
        kind: "follow-dist-git",
        lane: mirroring?.lane,
        payload: { mergeRequest: distGit, by: 3, turn: sourceGit },
      },
    ]);
  });

  it("waits where nobody has told of its merge request in source-git yet, and asks for it once", async () => {
    const jobs: NewJob[] = [];
    const unheard = { ...sourceGit, number: 8 };
    const comment = { mergeRequest: unheard, id: 5 };
    await obeyComment({ comment }, knowing(jobs));

    const [mirroring] = jobsFor({ kind: "merge-request", mergeRequest: unheard });
    const { lane } = mirroring ?? {};
    expect(jobs).toMatchObject([
      mirroring,
      { kind: "obey-comment", lane, payload: { comment, turn: unheard } },
    ]);

    const again: NewJob[] = [];
    await obeyComment({ comment, turn: unheard }, knowing(again));
    expect(again).toEqual([]);
  });

  it("is nothing where no pair has the merge request", async () => {
    const jobs: NewJob[] = [];
    const comment = { mergeRequest: { ...distGit, number: 2 }, id: 5 };

    expect(await obeyComment({ comment }, knowing(jobs))).toMatchObject({ outcome: "skipped" });
    expect(jobs).toEqual([]);
  });
});
