// A process of its own: a GitLab with source-git and a GitHub with dist-git in a box, a CI, and a clock on what Sluice does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { environment } from "./repositories.mjs";

const [root, directory] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(root, "dist", "src", path)));
const [{ startSandbox }, { configureExample, connectExample, installExample }, { systemClock }] =
  await Promise.all([load("sandbox/start.js"), load("sandbox/example.js"), load("domain/clock.js")]);

const ci = [
  { name: "build", stage: "build", states: ["pending", "running", "success"] },
  { name: "install", stage: "test", states: ["pending", "running", "success"] },
];
const branches = 400;

const sandbox = await startSandbox({
  forges: [
    { name: "gitlab.local", kind: "gitlab" },
    { name: "github.local", kind: "github" },
  ],
  directory: join(directory, "repositories"),
  clock: systemClock,
});
const [sourceForge, distForge] = sandbox.forges;
const folder = join(root, "test", "fixtures", "packages", "tally");
const example = await installExample({ folder, directory, sourceForge, distForge });
distForge.ci.script(example.distGit, { jobs: ci, stepMilliseconds: 500 });
await pushBranches();

/** When the first status of a commit came, and when a merge request was mirrored. */
const toldAt = new Map();
const mirroredAt = new Map();
sourceForge.afterRequest(({ method, path }, { status }) => {
  const [, head] = /\/statuses\/([0-9a-f]{40})$/.exec(path) ?? [];
  if (method === "POST" && status === 201 && !toldAt.has(head)) toldAt.set(head, performance.now());
});
distForge.afterRequest(({ method, path, body }, { status }) => {
  if (method !== "POST" || !path.endsWith("/pulls") || status !== 201) return;
  const [, number] = /-(\d+)$/.exec(JSON.parse(body).head) ?? [];
  mirroredAt.set(Number(number), performance.now());
});

let opened = 0;
const verbs = {
  configure: () => configureExample(example, { directory, reconcile: "never", branches: "{ main: main }" }),
  connect: ({ url }) => connectExample(example, url),
  about: () => ({
    sourceGit: { id: example.sourceGit.id, path: example.sourceGit.path },
    distGit: { id: example.distGit.id, path: example.distGit.path },
    numbers: [...mirroredAt.keys()].slice(0, 20),
  }),
  open: openSteadily,
  close: () => sandbox.close(),
};
process.on("message", async ({ verb, ...given }) => {
  try {
    process.send({ answer: (await verbs[verb](given)) ?? null });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on("disconnect", () => process.exit());
process.send({ answer: "ready" });

/** Opens merge requests at a steady rate, and answers how long each took to be told of and mirrored. */
async function openSteadily({ rate, count, patience }) {
  const begun = performance.now();
  const opening = [];
  for (let index = 0; index < count; index += 1) {
    const wait = begun + (index * 1000) / rate - performance.now();
    if (wait > 0) await pause(wait);
    opening.push(openOne());
  }
  const mine = await Promise.all(opening);
  const until = performance.now() + patience * 1000;
  while (mine.some(({ number }) => !mirroredAt.has(number)) && performance.now() < until) await pause(50);
  return mine.map(({ number, head, begun: from }) => ({
    told: toldAt.has(head) ? toldAt.get(head) - from : null,
    mirrored: mirroredAt.has(number) ? mirroredAt.get(number) - from : null,
  }));
}

async function openOne() {
  opened += 1;
  const { token } = sourceForge.account("maintainer");
  const url = `${sourceForge.apiUrl}/projects/${encodeURIComponent(example.sourceGit.path)}/merge_requests`;
  const change = {
    source_branch: `change-${opened}`,
    target_branch: "main",
    title: `Change number ${opened}`,
  };
  const headers = { "private-token": token, "content-type": "application/json" };
  // Before the request: its webhook may be on its way before we read the answer.
  const begun = performance.now();
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(change) });
  const { iid: number, sha: head } = await answer.json();
  return { number, head, begun };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A branch for each merge request to come, with one commit of its own, before anybody listens. */
async function pushBranches() {
  const local = example.local.sourceGit;
  const importer = spawn("git", ["-C", local, "fast-import", "--quiet"], {
    env: environment,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(importer, "close");
  for (let number = 1; number <= branches; number += 1) {
    const text = `/* Change ${number} */\nint change_${number}(void) { return ${number}; }\n`;
    const message = `Add change ${number}\n`;
    importer.stdin.write(
      `commit refs/heads/change-${number}\ncommitter Ada Lovelace <ada@example.org> ${1_700_000_000 + number} +0000\n` +
        `data ${message.length}\n${message}\nfrom refs/heads/main^0\n` +
        `M 100644 inline src/change-${number}.c\ndata ${text.length}\n${text}\n`,
    );
  }
  importer.stdin.end();
  await ended;
  const { user, token } = sourceForge.account("maintainer");
  const url = new URL(sourceForge.cloneUrl(example.sourceGit));
  Object.assign(url, { username: user.login, password: token });
  await new Promise((resolve, reject) => {
    // Not synchronously: it is this process that serves the push.
    const push = spawn("git", ["-C", local, "push", "--quiet", url.href, "refs/heads/change-*"], {
      env: environment,
      stdio: "inherit",
    });
    push.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`git push ended with ${code}`))));
  });
}
