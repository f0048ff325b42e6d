import { mirrorsOf } from "./mirrors.mjs";

/** What dist-git's maintainers and its CI do; each verb answers as those in `people.mjs`. */

const ines = "Ines Novak <ines@distro.example>";

export const cis = {
  green: { jobs: jobsThat("success"), stepMilliseconds: 400 },
  red: { jobs: jobsThat("failure"), stepMilliseconds: 400 },
  slow: { jobs: jobsThat("success"), stepMilliseconds: 2500 },
};

function jobsThat(ends) {
  return [
    { name: "build", stage: "build", states: ["pending", "running", ends] },
    { name: "install", stage: "test", states: ["pending", "running", "success"] },
  ];
}

/** There may be one in some seconds. */
export const awaitsMirror = "has no open mirror yet";

export const distVerbs = {
  "dist-merge": ({ record, squash = false }) =>
    onMirror(record, "open", async (mirror, store, by) => {
      const outcome = await store.merge(mirror, { squash }, by);
      if (outcome !== "merged") return outcome;
      record.dist.merged = true;
    }),
  "dist-close": ({ record }) =>
    onMirror(record, "open", async (mirror, store, by) => {
      record.dist.closed = true;
      await store.closeMergeRequest(mirror, by);
    }),
  "dist-reopen": ({ record }) =>
    onMirror(record, "closed", async (mirror, store, by) => {
      if (record.mergeRequest.state !== "open" || !record.dist.closed) return "stays closed";
      record.dist.closed = false;
      await store.reopenMergeRequest(mirror, by);
    }),
  "dist-status": ({ record }) =>
    onMirror(record, "open", async (mirror, store, by) => {
      const { id } = store.addComment(mirror, "/sluice status", by);
      record.orders.push({ side: "dist", number: mirror.number, id, body: "/sluice status" });
    }),
  "dist-retry-ci": ({ record }) =>
    onMirror(record, "open", async (mirror, store) => {
      const { distGit } = record.place;
      const failed = store.pipelines(distGit, mirror.head).filter(({ state }) => state === "failure");
      if (failed.length === 0) return "its CI has not failed";
      for (const pipeline of failed) store.retryPipeline(pipeline);
    }),

  /** Somebody goes on by hand on the branch that Sluice made. */
  "dist-branch-push": ({ world, record, next }) =>
    onMirror(record, "open", async (mirror) => {
      const { place } = record;
      const [branch, parent] = [mirror.sourceBranch, mirror.head];
      const path = ownPath(place, `by-hand-${record.request}-${next()}`);
      const message = `Do the rest by hand for ${record.file}\n`;
      const commit = await pushToDist(world, place, {
        branch,
        parent,
        files: { [path]: `By hand\n` },
        message,
      });
      if (commit === undefined) return "somebody was quicker";
      (record.byHand ??= []).push({ branch, commit, parent, path, number: mirror.number });
    }),
  "dist-branch-undo": async ({ record }) => {
    const { distForge, distGit } = record.place;
    const last = record.byHand?.at(-1);
    if (!last || last.undone) return "nobody pushed by hand";
    const { branch, commit, parent } = last;
    if ((await distForge.store.branch(distGit, branch)) !== commit) return "the branch is elsewhere";
    last.undone = true;
    await distForge.store.createBranch(distGit, { name: branch, commit: parent, by: maintainer(distForge) });
  },

  "dist-push": async ({ world, place, branch, next }) => {
    const path = ownPath(place, `distonly-${next()}`);
    const files = { [path]: `By dist-git: ${path}\n` };
    return pushOwn(world, place, { branch, files, path, message: `Dist-git's own ${path}\n` });
  },
  /** The lines beside which Sluice writes. */
  "dist-release": async ({ world, place, branch, next }) => {
    if (place.layout !== "rpm") return "has no releases";
    const { distForge, distGit } = place;
    const parent = await distForge.store.branch(distGit, branch);
    const spec = await distForge.store.file(distGit, { revision: parent, path: "tally.spec" });
    const release = `Release: ${next() + 10}%{?dist}`;
    const files = { "tally.spec": spec.toString("utf8").replace(/^Release:.*$/m, release) };
    const outcome = await pushOwn(world, place, {
      branch,
      parent,
      files,
      message: `Rebuild as ${release}\n`,
    });
    if (outcome === undefined) (place.releases ??= new Map()).set(branch, release);
    return outcome;
  },
  "merge-home": async ({ place }) => ((await mergeHomes(place)) === 0 ? "nothing comes home" : undefined),
  "ci-mood": async ({ place, mood }) => place.distForge.ci.script(place.distGit, cis[mood]),
};

/** What brings dist-git's changes home is merged; how many were. */
export async function mergeHomes({ sourceForge, sourceGit }) {
  const { store } = sourceForge;
  const homes = store
    .mergeRequests(sourceGit)
    .filter(
      ({ state, draft, sourceBranch }) =>
        state === "open" && !draft && sourceBranch.startsWith("sluice/from-dist-"),
    );
  let merged = 0;
  for (const home of homes) {
    const outcome = await store.merge(home, { squash: false }, maintainer(sourceForge));
    if (outcome === "merged") merged += 1;
  }
  return merged;
}

/** A path of dist-git's that source-git knows nothing of. */
function ownPath({ layout }, name) {
  return layout === "quilt" ? `debian/${name}` : `${name}.txt`;
}

async function pushOwn(world, place, { path, ...change }) {
  const commit = await pushToDist(world, place, change);
  if (commit === undefined) return "somebody was quicker";
  (place.distOnly ??= []).push({ branch: change.branch, commit, path });
}

/** Answers the commit, or nothing where somebody else pushed meanwhile: git would refuse. */
async function pushToDist(world, { distForge, distGit }, { branch, files, message, ...known }) {
  const { store } = distForge;
  const parent = known.parent ?? (await store.branch(distGit, branch));
  const commit = await world.commits.commit(distGit, { parent, files, message, author: ines });
  if ((await store.branch(distGit, branch)) !== parent) return undefined;
  await store.createBranch(distGit, { name: branch, commit, by: maintainer(distForge) });
  return commit;
}

async function onMirror(record, state, act) {
  const { sourceForge, sourceGit, distForge, distGit } = record.place;
  const page = sourceForge.kind === "github" ? "pull" : "-/merge_requests";
  const address = `${sourceForge.url}/${sourceGit.path}/${page}/${record.mergeRequest.number}`;
  const mirror = mirrorsOf(distForge.store.mergeRequests(distGit), address).findLast(
    (one) => one.state === state,
  );
  if (!mirror)
    return state === "open" && record.mergeRequest.state === "open" ? awaitsMirror : `has no ${state} mirror`;
  return act(mirror, distForge.store, maintainer(distForge));
}

export function maintainer(forge) {
  return forge.account("maintainer").user;
}
