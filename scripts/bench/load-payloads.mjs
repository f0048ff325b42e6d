// What forges send to a service that follows one package: a weighted mixture of webhooks in their true shapes and sizes.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../install.mjs";

/** As many merge requests have CI going on at the same time. */
const commitsUnderTest = 100;

/**
 * How often each kind comes in a hundred webhooks. CI speaks most; every event of one commit is one job while that waits.
 * `number` is one of the merge requests that are mirrored already: the forge has to be asked whether anything changed.
 */
const mixture = [
  [22, "gitlab", "Job Hook", job],
  [9, "gitlab", "Pipeline Hook", pipeline],
  [8, "gitlab", "Push Hook", push],
  [5, "gitlab", "Note Hook", note],
  [4, "gitlab", "Merge Request Hook", mergeRequest],
  [2, "gitlab", "Tag Push Hook", tag],
  [16, "github", "check_run", check("check_run")],
  [6, "github", "check_suite", check("check_suite")],
  [7, "github", "workflow_run", check("workflow_run")],
  [11, "github", "workflow_job", asItIs("workflow_job")],
  [4, "github", "status", status],
  [2.7, "github", "push", gitHubPush("topic")],
  [0.3, "github", "push", gitHubPush("main")],
  [3, "github", "issue_comment", asItIs("issue_comment")],
];

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples");

/**
 * A thousand signed webhooks in random order, the same each time; each is told from others by its id, which is not signed.
 * `numbers` are merge requests of source-git that exist.
 */
export function payloads({ sourceGit, distGit, numbers, gitlab, github }) {
  const secrets = { gitlab: gitlab.secret, github: github.secret };
  const paths = { gitlab: `/webhooks/${gitlab.name}`, github: `/webhooks/${github.name}` };
  const made = mixture.flatMap(([share, kind, event, make]) =>
    Array.from({ length: Math.round(share * 10) }, (_, index) => {
      const about = { sourceGit, distGit, index, number: numbers[index % numbers.length] ?? 1 };
      const body = Buffer.from(JSON.stringify(make(about)));
      return { path: paths[kind], body, headers: headersOf({ kind, event, body, secret: secrets[kind] }) };
    }),
  );
  return shuffled(made);
}

/** How large the webhooks are: bytes at the median, at most. */
export function sizesOf(made) {
  const sizes = made.map(({ body }) => body.length).sort((one, other) => one - other);
  return { median: sizes[Math.floor(sizes.length / 2)], largest: sizes.at(-1) };
}

/** The headers, with the name of the one that carries the id of each delivery. */
function headersOf({ kind, event, body, secret }) {
  const common = { "content-type": "application/json", "content-length": body.length };
  if (kind === "gitlab") {
    return { ...common, "x-gitlab-event": event, "x-gitlab-token": secret, "idempotency-key": "" };
  }
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return {
    ...common,
    "x-github-event": event,
    "x-hub-signature-256": `sha256=${signature}`,
    "x-github-delivery": "",
  };
}

function job({ sourceGit, index }) {
  const project = ofProject(gitlabFixture("pipeline").project, sourceGit);
  return { ...gitlabFixture("job"), project, project_id: sourceGit.id, sha: shaOf(index) };
}

/** Of twenty jobs, as a distribution's CI has them. */
function pipeline({ sourceGit, index }) {
  const { builds, object_attributes: attributes, project, ...fixture } = gitlabFixture("pipeline");
  return {
    ...fixture,
    object_attributes: { ...attributes, sha: shaOf(index) },
    project: ofProject(project, sourceGit),
    builds: Array.from({ length: 20 }, (_, each) => ({ ...builds[each % builds.length], id: each })),
  };
}

/** Twenty commits, which is where GitLab cuts the list. */
function push({ sourceGit, index }) {
  const { commits, ...fixture } = inProject(gitlabFixture("push"), sourceGit);
  return {
    ...fixture,
    ref: `refs/heads/feature-${index % 30}`,
    commits: Array.from({ length: 20 }, (_, each) => commits[each % commits.length]),
  };
}

function tag({ sourceGit }) {
  return inProject(gitlabFixture("tag_push"), sourceGit);
}

function note({ sourceGit }) {
  return inProject(gitlabFixture("note_merge_request"), sourceGit);
}

function mergeRequest({ sourceGit, number }) {
  const { object_attributes: attributes, project, ...fixture } = gitlabFixture("merge_request");
  const target = ofProject(attributes.target, sourceGit);
  const changed = { ...attributes, iid: number, target, target_project_id: sourceGit.id };
  return { ...fixture, project: ofProject(project, sourceGit), object_attributes: changed };
}

function inProject(payload, repository) {
  return { ...payload, project_id: repository.id, project: ofProject(payload.project, repository) };
}

/** Whoever knows a repository by its id finds the same one. */
function ofProject(project, { id, path }) {
  return { ...project, id, path_with_namespace: path };
}

function check(part) {
  return ({ distGit, index }) => {
    const payload = gitHubExample(part);
    return { ...ofRepository(payload, distGit), [part]: { ...payload[part], head_sha: shaOf(index) } };
  };
}

function status({ distGit, index }) {
  return { ...ofRepository(gitHubExample("status"), distGit), sha: shaOf(index) };
}

/** `main` alone is linked, and has to be looked at. */
function gitHubPush(branch) {
  return ({ distGit, index }) => {
    const ref = branch === "main" ? "refs/heads/main" : `refs/heads/${branch}-${index % 30}`;
    return { ...ofRepository(gitHubExample("push"), distGit), ref };
  };
}

function asItIs(event) {
  return ({ distGit }) => ofRepository(gitHubExample(event), distGit);
}

function ofRepository(payload, { id, path }) {
  return { ...payload, repository: { ...payload.repository, id, full_name: path } };
}

function gitlabFixture(name) {
  return JSON.parse(readFileSync(join(root, "test", "fixtures", "gitlab-webhooks", `${name}.json`), "utf8"));
}

function gitHubExample(event) {
  const found = examples.find(({ name }) => name === event);
  return found.examples.find(({ action }) => action === "completed") ?? found.examples[0];
}

function shaOf(index) {
  return String(index % commitsUnderTest).padStart(40, "c0ffee");
}

/** By a generator of fixed numbers: each run sends the same. */
function shuffled(list) {
  const copy = [...list];
  let state = 42;
  for (let index = copy.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const other = state % (index + 1);
    [copy[index], copy[other]] = [copy[other], copy[index]];
  }
  return copy;
}
