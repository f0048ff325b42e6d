import { lastMirror, type Life, open, says, type Stage, stateOf } from "./stage.js";

const link = { "after-source-merge": "merge", "after-dist-merge": "close", labels: '["area/"]' };

/** From the first commit to both policies of an end, with what comes home, and a night without Sluice. */
export const lifeInDistOnGitHub: Life = {
  name: "dist-git on GitHub",
  from: "gitlab",
  to: "github",
  wishes: { link },
  chapters: [
    isTestedAndEdited,
    comesFromFork,
    comesHome,
    comesHomeInConflict,
    isReopenedWithoutBranch,
    isMergedOnEitherSide,
    isRenamed,
    isLeftAloneForANight,
  ],
};

async function isTestedAndEdited(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  distGit.script([{ name: "build", states: ["pending", "failure"] }]);
  const first = await sourceGit.openMergeRequest();
  await until("its CI failed", () => stateOf(stage, "dist-git/build", first) === "failure");

  distGit.script([{ name: "build", states: ["pending", "running", "success"] }]);
  sourceGit.comment(first, "/sluice retry", "maintainer");
  await until("its CI succeeded", () => stateOf(stage, "dist-git/build", first) === "success");

  await sourceGit.edit(first, { title: "Refuse large sums", draft: true, labels: ["area/sums"] });
  await until("its texts are carried", () => {
    const { title, draft, labels } = lastMirror(stage) ?? {};
    return title?.includes("Refuse large sums") === true && draft === true && labels?.[0] === "area/sums";
  });
  await sourceGit.edit(first, { draft: false, labels: [] });
  await until("it is ready", () => lastMirror(stage)?.draft === false);

  const pushed = await sourceGit.push(first, { "src/more.c": "int more;\n" });
  await until("the push is mirrored", () => stateOf(stage, "sluice", pushed) === "success");
}

async function comesFromFork(stage: Stage): Promise<void> {
  const { sourceGit, until } = stage;
  const change = { "src/fork.c": "int fork;\n" };
  const fork = await sourceGit.openMergeRequest({ from: "fork", title: "From a fork", change });
  await until("a maintainer is waited for", () => says(stage, fork, "**Waiting"));

  sourceGit.comment(fork, `/sluice trust ${fork.head}`, "maintainer");
  await until("the fork is mirrored", () => says(stage, fork, "**Mirrored**"));
  await sourceGit.close(fork);
  await until("it is closed", () => lastMirror(stage)?.state === "closed");
}

async function comesHome(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  await distGit.write("main", { "gating.yaml": "policy: strict\n" });
  const home = () => sourceGit.mergeRequests().at(-1);
  await until("dist-git's change came home", () => home()?.title.startsWith("Bring home") === true);

  await sourceGit.merge(home() ?? { number: 0 });
  await until("its branch is gone", async () => !(await sourceGit.hasBranch("sluice/from-dist-main")));
}

async function comesHomeInConflict(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  await sourceGit.write("main", { ".distro/tests/smoke.sh": "#!/bin/sh\ntally --version\n" });
  await distGit.write("main", { "tests/smoke.sh": "#!/bin/sh\ntally --help\n" });
  const home = () => sourceGit.mergeRequests().at(-1);
  await until("the conflict is a draft", () => home()?.draft === true && home()?.state === "open");

  await distGit.write("main", { "tests/smoke.sh": "#!/bin/sh\ntally --version\n" });
  await until("nothing is left of it", () => home()?.state === "closed");
}

async function isReopenedWithoutBranch(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  const change = { "src/again.c": "int again;\n" };
  const mergeRequest = await sourceGit.openMergeRequest({ title: "Once more", change });
  await until("it is mirrored", () => stateOf(stage, "sluice", mergeRequest) === "success");
  await sourceGit.close(mergeRequest);
  await until("it is closed", () => lastMirror(stage)?.state === "closed");

  await distGit.deleteBranch(lastMirror(stage)?.sourceBranch ?? "");
  await sourceGit.reopen(mergeRequest);
  await until("it is open again", () => lastMirror(stage)?.state === "open");
}

async function isMergedOnEitherSide(stage: Stage): Promise<void> {
  const { sourceGit, distGit, until } = stage;
  await sourceGit.merge({ number: 1 });
  await until("both are merged", () => says(stage, { number: 1 }, "**Merged on both sides"));

  const mergeRequest = await open(stage, "there");
  await distGit.merge(lastMirror(stage));
  await until("source-git's side is closed", () => sourceGit.state(mergeRequest) === "closed");
}

async function isRenamed(stage: Stage): Promise<void> {
  const { example, sourceGit, until } = stage;
  const { sourceForge, distForge } = example;
  const mergeRequest = await open(stage, "renamed");
  const source = example.sourceGit.path.replace("tally", "talley");
  sourceForge.store.renameRepository(example.sourceGit, source, sourceForge.account("maintainer").user);
  const pushed = await sourceGit.push(mergeRequest, { "src/talley.c": "int talley;\n" });
  await until("the other name is waited for", () => stateOf(stage, "sluice", pushed) === "failure");

  const dist = example.distGit.path.replace("tally", "talley");
  distForge.store.renameRepository(example.distGit, dist, distForge.account("maintainer").user);
  await until("it is mirrored there", () => stateOf(stage, "sluice", pushed) === "success");
}

/** Nobody sends again what was lost, and it is found by sweeps. */
async function isLeftAloneForANight(stage: Stage): Promise<void> {
  const { sluice, sourceGit, distGit, sandbox, until } = stage;
  const mergeRequest = await open(stage, "night");
  await sluice.stop();
  await sluice.start({ link, reconcile: "10 minutes" });
  await until("the first sweep is over", () => true);
  await sluice.stop();

  const pushed = await sourceGit.push(mergeRequest, { "src/dark.c": "int dark;\n" });
  sourceGit.comment(mergeRequest, "/sluice status", "maintainer");
  distGit.comment(lastMirror(stage), "/sluice rerun");
  await sandbox.settled();
  await sluice.start({ link, reconcile: "10 minutes" });
  await until("what came in the night is mirrored", () => stateOf(stage, "sluice", pushed) === "success");
}
