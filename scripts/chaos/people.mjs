import { mirrorsOf } from "./mirrors.mjs";

/** What people do on both forges. Each answers `undefined` when it was done, else why it could not be any more. */

const robin = "Robin Okafor <robin@contributor.example>";
const ines = "Ines Novak <ines@distro.example>";

const cis = {
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

/** Performs actions of the plan, and keeps in `world.requests` what people know of their merge requests. */
export class People {
  #world;
  #pushes = 0;

  constructor(world) {
    this.#world = world;
    for (const { distForge, distGit } of world.packages.values()) distForge.ci.script(distGit, cis.green);
  }

  /** One after the other where they are about the same package, as people who see what the others did. */
  async perform(action) {
    const place = this.#world.packages.get(action.package);
    const record = this.#world.requests.get(action.request);
    if (action.request !== undefined && action.verb !== "open" && record === undefined)
      return "was never opened";
    return verbs[action.verb]({
      ...action,
      world: this.#world,
      place,
      record,
      next: () => (this.#pushes += 1),
    });
  }
}

const verbs = {
  async open({ world, place, request, fork, draft, branch: targetBranch }) {
    const { sourceForge, sourceGit, name } = place;
    const { store } = sourceForge;
    const author = sourceForge.account(fork ? "contributor" : "maintainer").user;
    const home = fork
      ? (store.repositoryByPath(`${author.login}/${name}`) ?? (await store.fork(sourceGit, author, name)))
      : sourceGit;
    const [branch, file] = [`topic-${request}`, `change-${request}.txt`];
    const base = await store.branch(sourceGit, targetBranch);
    const record = {
      request,
      place,
      home,
      branch,
      file,
      author,
      lines: [],
      base,
      orders: [],
      trusted: new Set(),
      dist: {},
    };
    await pushTo(world, record, { parent: base, line: "first" });
    const title = `${draft && sourceForge.kind === "gitlab" ? "Draft: " : ""}Change number ${request}`;
    const wanted = {
      repository: sourceGit,
      sourceRepository: home,
      sourceBranch: branch,
      targetBranch,
      title,
      draft,
    };
    const opened = await store.openMergeRequest({ ...wanted, description: `It changes ${file}.`, author });
    if (opened.outcome !== "opened") return opened.outcome;
    world.requests.set(request, Object.assign(record, { mergeRequest: opened.mergeRequest }));
  },

  push: async ({ world, record, next }) => {
    if (record.mergeRequest.state === "merged") return "is merged";
    const parent = await record.place.sourceForge.store.branch(record.home, record.branch);
    await pushTo(world, record, { parent, line: `push ${next()}` });
  },

  "force-push": async ({ world, record, next }) => {
    if (record.mergeRequest.state === "merged") return "is merged";
    record.lines = [];
    await pushTo(world, record, { parent: record.base, line: `anew ${next()}` });
  },

  retitle: ({ record, next }) => edit(record, { title: `Change number ${record.request}, word ${next()}` }),
  describe: ({ record, next }) => edit(record, { description: `It changes ${record.file}, word ${next()}.` }),
  "toggle-draft": ({ record }) => edit(record, { draft: !record.mergeRequest.draft }),
  retarget: ({ record }) =>
    edit(record, { targetBranch: record.mergeRequest.targetBranch === "main" ? "devel" : "main" }),

  chat: ({ record }) => comment(record, "What does upstream say?", "contributor"),
  status: ({ record }) => order(record, "/sluice status", "contributor"),
  resync: ({ record }) => order(record, "/sluice resync"),
  retry: ({ record }) => order(record, "/sluice retry"),
  rerun: ({ record }) => order(record, "/sluice rerun"),
  pause: ({ record }) => order(record, "/sluice pause"),
  resume: ({ record }) => order(record, "/sluice resume"),
  recreate: ({ record }) => order(record, "/sluice recreate"),
  trust: ({ record }) => {
    const { head } = record.mergeRequest;
    record.trusted.add(head);
    return order(record, `/sluice trust ${head}`);
  },

  "close-and-reopen": ({ record }) => close(record),
  close: ({ record }) => close(record),
  reopen: async ({ record }) => {
    const { sourceForge } = record.place;
    if (record.mergeRequest.state !== "closed") return "is not closed";
    await sourceForge.store.reopenMergeRequest(record.mergeRequest, maintainer(sourceForge));
  },
  merge: async ({ record, squash }) => {
    const { sourceForge } = record.place;
    const outcome = await sourceForge.store.merge(record.mergeRequest, { squash }, maintainer(sourceForge));
    return outcome === "merged" ? undefined : outcome;
  },

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
      record.orders.push({
        side: "dist",
        number: mirror.number,
        id: store.addComment(mirror, "/sluice status", by).id,
      });
    }),
  "dist-retry-ci": ({ record }) =>
    onMirror(record, "open", async (mirror, store) => {
      const { distGit } = record.place;
      const failed = store.pipelines(distGit, mirror.head).filter(({ state }) => state === "failure");
      if (failed.length === 0) return "its CI has not failed";
      for (const pipeline of failed) store.retryPipeline(pipeline);
    }),

  "dist-push": async ({ world, place, branch, next }) => {
    const { distForge, distGit } = place;
    const number = next();
    const path = place.layout === "quilt" ? `debian/distonly-${number}` : `distonly-${number}.txt`;
    const parent = await distForge.store.branch(distGit, branch);
    const made = {
      parent,
      files: { [path]: `By dist-git, ${number}\n` },
      message: `Dist-git's own ${number}\n`,
      author: ines,
    };
    const commit = await world.commits.commit(distGit, made);
    // Nobody else pushed meanwhile, or git would refuse.
    if ((await distForge.store.branch(distGit, branch)) !== parent) return "somebody was quicker";
    await distForge.store.createBranch(distGit, { name: branch, commit, by: maintainer(distForge) });
    (place.distOnly ??= []).push({ branch, commit, path });
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

async function onMirror(record, state, act) {
  const { distForge } = record.place;
  const { sourceForge, sourceGit, distGit } = record.place;
  const page = sourceForge.kind === "github" ? "pull" : "-/merge_requests";
  const address = `${sourceForge.url}/${sourceGit.path}/${page}/${record.mergeRequest.number}`;
  const mirror = mirrorsOf(distForge.store.mergeRequests(distGit), address).findLast(
    (one) => one.state === state,
  );
  if (!mirror) return `has no ${state} mirror`;
  return act(mirror, distForge.store, maintainer(distForge));
}

async function pushTo(world, record, { parent, line }) {
  const { home, branch, file, lines, place, author: by } = record;
  lines.push(line);
  const content = lines.map((each) => `${each} of ${record.request}\n`).join("");
  const message = `Write ${line} into ${file}\n`;
  const commit = await world.commits.commit(home, {
    parent,
    files: { [file]: content },
    message,
    author: robin,
  });
  await place.sourceForge.store.createBranch(home, { name: branch, commit, by });
}

async function edit(
  { mergeRequest, place: { sourceForge } },
  { title = mergeRequest.title, draft = mergeRequest.draft, ...rest },
) {
  if (mergeRequest.state === "merged") return "is merged";
  const plain = title.replace(/^Draft: /, "");
  // GitLab keeps a draft in the title.
  const stored = sourceForge.kind === "gitlab" && draft ? `Draft: ${plain}` : plain;
  await sourceForge.store.editMergeRequest(
    mergeRequest,
    { title: stored, draft, ...rest },
    maintainer(sourceForge),
  );
}

async function close({ mergeRequest, place: { sourceForge } }) {
  if (mergeRequest.state !== "open") return "is not open";
  await sourceForge.store.closeMergeRequest(mergeRequest, maintainer(sourceForge));
}

async function comment({ mergeRequest, place: { sourceForge } }, body, login = "maintainer") {
  return void sourceForge.store.addComment(mergeRequest, body, sourceForge.account(login).user);
}

async function order({ mergeRequest, orders, place: { sourceForge } }, body, login = "maintainer") {
  const { id } = sourceForge.store.addComment(mergeRequest, body, sourceForge.account(login).user);
  orders.push({ side: "source", number: mergeRequest.number, id, body });
}

function maintainer(forge) {
  return forge.account("maintainer").user;
}
