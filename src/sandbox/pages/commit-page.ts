import { html } from "hono/html";
import { shortCommit } from "../../domain/refs.js";
import type { SandboxRepository } from "../model.js";
import type { SandboxCommit, SandboxStore } from "../store.js";
import { addressesOf } from "./addresses.js";
import { changesBetween } from "./changes.js";
import { type Html, avatar, moment } from "./layout.js";
import { changeTotals, fileDiffs, resultRows, subject } from "./parts.js";
import { resultsOn } from "./results.js";

/** One commit: who, why, what was found out about it, and what it changes. */
export async function commitPage(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: SandboxCommit,
): Promise<Html> {
  const [parent] = commit.parents;
  const files = await changesBetween(repository, { from: parent, to: commit.id });
  const addresses = addressesOf(store.kind);
  const body = commit.message.slice(subject(commit.message).length).trim();
  const browse = addresses.files(repository.path, { revision: commit.id, file: "", folder: true });
  return html`
    <h1>${subject(commit.message)}</h1>
    <div class="meta">
      ${avatar(commit.author.name)}
      <span>
        <b>${commit.author.name}</b> wrote it ${moment(commit.author.date)}
        ${commit.committer.name === commit.author.name ? "" : html`, <b>${commit.committer.name}</b> committed it`}
      </span>
      <code class="branch">${commit.id}</code>
      <a href="${browse}">Files</a>
    </div>
    <div class="columns">
      <section class="card">
        ${body === "" ? html`<p class="empty">No further message.</p>` : html`<pre class="message">${body}</pre>`}
      </section>
      <aside>
        <section class="card">
          <header><b>Checks</b></header>
          ${resultRows(resultsOn(store, places(store, repository, commit), commit.id), "Nothing was reported yet.")}
        </section>
        ${commit.parents.map((id) => parentLink(id, addresses.commit(repository.path, id)))}
      </aside>
    </div>
    <h2>Changes ${changeTotals(files)}</h2>
    ${fileDiffs(files)}
  `;
}

function parentLink(id: string, link: string): Html {
  return html`<p class="soft">Parent <a class="mono" href="${link}">${shortCommit(id)}</a></p>`;
}

// A fork's CI says what it found in the fork.
function places(
  store: SandboxStore,
  repository: SandboxRepository,
  { id }: SandboxCommit,
): SandboxRepository[] {
  const sources = store
    .mergeRequests(repository)
    .filter(({ head }) => head === id)
    .flatMap(({ sourceRepository }) => store.repositoryById(sourceRepository ?? repository.id) ?? []);
  return [...new Set([repository, ...sources])];
}
