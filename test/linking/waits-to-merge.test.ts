import { expect, it } from "@jest/globals";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { done } from "../../src/domain/outcome.js";
import type { Link } from "../../src/linking/links/links.js";
import { Mirror, type MirrorServices } from "../../src/linking/mirror/mirror.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import type { Progress } from "../../src/linking/telling/progress.js";
import { linkEntry } from "../config/link-entry.js";

const sourceGit = { repository: { forge: "github.com", path: "src/tally" }, number: 7 };
const distGit = { repository: { forge: "gitlab.com", path: "rpms/tally" }, number: 3 };
const head = "a".repeat(40);
const mergeRequest = { ref: sourceGit, state: "open", head, targetBranch: "main" } as MergeRequest;
const pair = {
  ...{ id: 1, sourceGit, state: "stopped", mirroredHead: head, pausedBy: undefined },
  distGit: { ...distGit, branch: "sluice/tally-7", fork: undefined, targetBranch: "main" },
} as unknown as Pair;
const ended = {
  stage: "dist-ended",
  how: "merged",
  counterpart: { ref: distGit, webUrl: "https://gitlab.com/rpms/tally/-/merge_requests/3", sigil: "!" },
} as const;
const waits = { reason: "its CI runs", since: "", until: "" };

/** dist-git's side was merged, and source-git's is looked at again; answers what was told before it is merged. */
async function toldBeforeMerging(stands: Progress, remembered = head) {
  const told: Progress["stage"][] = [];
  const nothing = () => Promise.resolve();
  const services = {
    pairs: {
      withSourceGit: () => Promise.resolve(pair),
      ensure: () => Promise.resolve(pair),
      update: () => Promise.resolve(pair),
    },
    report: {
      stands: () => Promise.resolve(stands),
      remembered: () => Promise.resolve({ ...mergeRequest, head: remembered }),
      tell: (_: MergeRequest, { stage }: Progress) => Promise.resolve(void told.push(stage)),
      telling: (_: MergeRequest, work: () => Promise<unknown>) => work(),
    },
    trust: { decide: () => Promise.resolve({ decision: { trusted: true } }), remember: nothing },
    board: { begin: nothing, leave: nothing },
    stranding: { of: nothing },
    drift: { remind: nothing },
    counterparts: { find: () => Promise.resolve({ ref: distGit, state: "merged" }) },
    ending: { ofDist: () => Promise.resolve(done("merged")) },
  };
  const link: Link = {
    sourceGit: sourceGit.repository,
    distGit: distGit.repository,
    ...{ entry: linkEntry({ afterDistMerge: "merge" }), users: [] },
  };
  await new Mirror(services as unknown as MirrorServices).open([link], mergeRequest);
  return told;
}

it("keeps Sluice's own status green, for which the forge may wait, while a merge is tried again", async () => {
  expect(await toldBeforeMerging({ ...ended, waits })).toEqual([]);
  expect(await toldBeforeMerging({ ...ended, waits }, "b".repeat(40))).toEqual(["mirroring"]);
  expect(await toldBeforeMerging(ended)).toEqual(["mirroring"]);
});
