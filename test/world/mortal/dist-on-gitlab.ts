import type { SandboxCheckRun } from "../../../src/sandbox/model.js";
import { found, lastMirror, type Life, open, says, type Stage, stateOf } from "./stage.js";

const link = { "after-source-merge": "merge-when-green", "after-dist-merge": "merge" };
const identities = ["sluice-bot"];
const wishes = { link, identities };

/** All that people order and decide on either side, and repositories that move. */
export const lifeInDistOnGitLab: Life = {
  name: "dist-git on GitLab",
  from: "github",
  to: "gitlab",
  wishes,
  chapters: [
    isRunAgain,
    isPausedAndConvertedAgain,
    isSentElsewhere,
    isTakenOverByPeople,
    isMergedWhenGreen,
    isMergedInDistGit,
    goesByWayOfAFork,
    isTransferred,
    isHeardInAnUnknownTongue,
  ],
};

async function isRunAgain(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until, example } = stage;
  distGit.script([{ name: "build", states: ["pending", "failure"] }]);
  const first = await sourceGit.openMergeRequest();
  await until("its CI failed", () => stateOf(stage, "dist-git/build", first) === "failure");

  distGit.script([{ name: "build", states: ["pending", "running", "success"] }]);
  const { sourceForge } = example;
  sourceForge.store.rerequestCheckRun(checkOf(stage, first.head), sourceForge.account("maintainer").user);
  await until("its CI succeeded", () => stateOf(stage, "dist-git/build", first) === "success");
  distGit.script([{ name: "build", states: ["pending", "failure"] }]);
  sourceGit.comment(first, "/sluice rerun", "maintainer");
  await until("its CI failed again", () => stateOf(stage, "dist-git/build", first) === "failure");
}

function checkOf({ example: { sourceForge, sourceGit } }: Stage, head: string): SandboxCheckRun {
  const checks = sourceForge.store.checkRuns(sourceGit, head);
  const check = checks.find(({ name }) => name === "dist-git/build");
  if (!check) throw new Error("there is no such check run");
  return check;
}

async function isPausedAndConvertedAgain(stage: Stage): Promise<void> {
  const { sourceGit, until } = stage;
  const mergeRequest = await open(stage, "patience");
  sourceGit.comment(mergeRequest, "/sluice pause", "maintainer");
  await until("it is paused", () => says(stage, mergeRequest, "**Paused"));
  const pushed = await sourceGit.push(mergeRequest, { "src/later.c": "int later;\n" });
  await until("the push waits", () => stateOf(stage, "sluice", pushed) === "pending");
  sourceGit.comment(mergeRequest, "/sluice resume", "maintainer");
  await until("it goes on", () => stateOf(stage, "sluice", pushed) === "success");

  sourceGit.comment(mergeRequest, "/sluice resync", "maintainer");
  await until("it is converted again", () => stateOf(stage, "sluice", pushed) === "success");
  sourceGit.comment(mergeRequest, "/sluice close", "maintainer");
  await until("it is closed", () => lastMirror(stage)?.state === "closed");
}

async function isSentElsewhere(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until, example } = stage;
  await sourceGit.createBranch("c10s");
  await distGit.createBranch("c10s");
  const mergeRequest = await open(stage, "elsewhere");
  const { sourceForge } = example;
  const { user } = sourceForge.account("maintainer");
  await sourceForge.store.editMergeRequest(found(stage, mergeRequest), { targetBranch: "c10s" }, user);
  await until("it goes to c10s", () => lastMirror(stage)?.targetBranch === "c10s");

  await sourceGit.close(mergeRequest);
  await until("it is closed", () => lastMirror(stage)?.state === "closed");
}

async function isTakenOverByPeople(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  const mergeRequest = await open(stage, "taken");
  const mirror = lastMirror(stage);
  await distGit.push(mirror?.sourceBranch ?? "", "theirs");
  await until("it is stopped", () => says(stage, mergeRequest, "**Stopped"));

  distGit.comment(mirror, "/sluice recreate");
  await until("there is another", () => lastMirror(stage)?.number !== mirror?.number);
  await sourceGit.close(mergeRequest);
  await until("it is closed", () => lastMirror(stage)?.state === "closed");
}

async function isMergedWhenGreen(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  await sourceGit.merge({ number: 1 });
  await until("green is waited for", () => distGit.mergeRequests()[0]?.state === "open");

  distGit.script([{ name: "build", states: ["pending", "running", "success"] }]);
  distGit.comment(distGit.mergeRequests()[0], "/sluice retry");
  await until("both are merged", () => distGit.mergeRequests()[0]?.state === "merged");
}

async function isMergedInDistGit(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  const mergeRequest = await open(stage, "there");
  await distGit.merge(lastMirror(stage));
  await until("source-git's side is merged", () => sourceGit.state(mergeRequest) === "merged");
}

async function goesByWayOfAFork(stage: Stage): Promise<void> {
  const { sluice, distGit, sourceGit, until } = stage;
  await sluice.stop();
  await sluice.start({ ...wishes, link: { ...link, via: "fork", identities: "{ dist-git: sluice-bot }" } });
  const mergeRequest = await open(stage, "forked");
  await until("it comes from the fork", () => distGit.homeOf(lastMirror(stage))?.startsWith("sluice-bot/"));

  await sourceGit.close(mergeRequest);
  await until("it is closed", () => lastMirror(stage)?.state === "closed");
  await sluice.stop();
  await sluice.start(wishes);
}

async function isTransferred(stage: Stage): Promise<void> {
  const { sluice, example, sourceGit, until } = stage;
  const mergeRequest = await open(stage, "moved");
  const { sourceForge } = example;
  sourceForge.store.renameRepository(
    example.sourceGit,
    "elsewhere/tally",
    sourceForge.account("maintainer").user,
  );
  await until("its link is missed", () => says(stage, mergeRequest, "**Stopped"));

  await sluice.stop();
  await sluice.start(wishes);
  const pushed = await sourceGit.push(mergeRequest, { "src/there.c": "int there;\n" });
  await until("it goes on there", () => stateOf(stage, "sluice", pushed) === "success");
}

/** A forge that changed the shape of what it says. */
async function isHeardInAnUnknownTongue({ sluice, until }: Stage): Promise<void> {
  await sluice.hear("Merge Request Hook", { object_kind: "merge_request", object_attributes: "none" });
  await until("it is kept for the operator", async () => (await sluice.parked()).length === 1);
}
