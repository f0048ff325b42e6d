import { cis, distVerbs, maintainer } from "./dist-people.mjs";

/** What people do on both forges. Each answers `undefined` when it was done, else why it could not be any more. */

const robin = "Robin Okafor <robin@contributor.example>";

/** A file of each package that merge requests have in common. */
export const sharedFiles = { tally: "NEWS", chime: "chime.sh", gong: "gong.sh" };

/** Performs actions of the plan, and keeps in `world.requests` what people know of their merge requests. */
export class People {
  #world;

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
      // Counted in each package, where one comes after the other: so a seed replays the same words.
      next: () => (place.pushes = (place.pushes ?? 0) + 1),
    });
  }
}

const verbs = {
  ...distVerbs,

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
      sharedLines: [],
      base,
      heads: [],
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
    const parent = await tipOf(record);
    if (parent === undefined) return "its branch is gone";
    await pushTo(world, record, { parent, line: `push ${next()}` });
  },

  /** Into a file that others write, too, at the same place: who is merged second has a conflict. */
  "push-shared": async ({ world, record, next }) => {
    if (record.mergeRequest.state === "merged") return "is merged";
    const parent = await tipOf(record);
    if (parent === undefined) return "its branch is gone";
    const line = `push ${next()}`;
    const sharedLine = `# ${record.request}: ${line}\n`;
    record.sharedLines.push(sharedLine);
    const shared = `${await sharedAt(record, record.home, parent)}${sharedLine}`;
    await pushTo(world, record, { parent, line, shared });
  },

  "force-push": async ({ world, record, next }) => {
    if (record.mergeRequest.state === "merged") return "is merged";
    record.lines = [];
    record.sharedLines = [];
    await pushTo(world, record, { parent: record.base, line: `anew ${next()}` });
  },

  /** One commit on top of what the target branch is now, all conflicts resolved. */
  rebase: async ({ world, record, next }) => {
    const { place, home, mergeRequest } = record;
    if (mergeRequest.state === "merged") return "is merged";
    const { sourceForge, sourceGit } = place;
    const base = await sourceForge.store.branch(sourceGit, mergeRequest.targetBranch);
    await world.commits.bring(sourceGit, base, home);
    record.base = base;
    const shared = `${await sharedAt(record, sourceGit, base)}${record.sharedLines.join("")}`;
    const onTop = record.sharedLines.length > 0 ? { shared } : {};
    await pushTo(world, record, { parent: base, line: `rebased ${next()}`, ...onTop });
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
  recreate: ({ record }) => {
    record.dist.closed = false;
    return order(record, "/sluice recreate");
  },
  "order-close": ({ record }) => {
    record.dist.closed = true;
    return order(record, "/sluice close");
  },
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
    record.reopened = true;
    await sourceForge.store.reopenMergeRequest(record.mergeRequest, maintainer(sourceForge));
  },
  merge: async ({ record, squash, leavesBranch }) => {
    const { sourceForge } = record.place;
    const { store } = sourceForge;
    const outcome = await store.merge(record.mergeRequest, { squash }, maintainer(sourceForge));
    if (outcome !== "merged") return outcome;
    if (leavesBranch) return undefined;
    await store.deleteBranch(record.home, { name: record.branch, by: record.author });
  },
};

async function pushTo(world, record, { parent, line, shared }) {
  const { home, branch, file, lines, place, author: by } = record;
  lines.push(line);
  const content = lines.map((each) => `${each} of ${record.request}\n`).join("");
  const files = { [file]: content, ...(shared !== undefined && { [sharedFiles[place.fixture]]: shared }) };
  const message = `Write ${line} into ${file}\n`;
  const commit = await world.commits.commit(home, { parent, files, message, author: robin });
  record.heads.push(commit);
  await place.sourceForge.store.createBranch(home, { name: branch, commit, by });
}

function tipOf({ place: { sourceForge }, home, branch }) {
  return sourceForge.store.branch(home, branch);
}

async function sharedAt({ place: { sourceForge, fixture } }, repository, revision) {
  const content = await sourceForge.store.file(repository, { revision, path: sharedFiles[fixture] });
  return content.toString("utf8");
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
