import { html } from "hono/html";
import { shortCommit } from "../../domain/refs.js";
import type { SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { type Addresses, addressesOf } from "./addresses.js";
import { type Html, avatar } from "./layout.js";
import { mergeRequestRow } from "./parts.js";

/** Every repository that the reader may see. */
export function repositoryListPage(store: SandboxStore, reader: SandboxUser | undefined): Html {
  const repositories = store
    .repositories()
    .filter((repository) => store.access(reader, repository) !== undefined);
  return html`
    <h1>Repositories</h1>
    <p class="meta">${repositories.length} on ${store.name}</p>
    <section class="card">
      ${
        repositories.length === 0
          ? html`<p class="empty">
              None yet. Make one with the API, or as <a href="/_sandbox/">the control page</a> says.
            </p>`
          : html`<ul class="rows">
              ${repositories.map((repository) => repositoryRow(store, repository))}
            </ul>`
      }
    </section>
    <p class="soft">
      <a href="/_sandbox/">Remote control</a>: users with their tokens, CI scripts, faults, webhooks.
    </p>
  `;
}

function repositoryRow(store: SandboxStore, repository: SandboxRepository): Html {
  const open = store.mergeRequests(repository).filter(({ state }) => state === "open").length;
  const origin = repository.forkOf === undefined ? undefined : store.repositoryById(repository.forkOf);
  return html`<li>
    ${avatar(repository.path)}
    <span class="grow">
      <a class="name" href="/${repository.path}">${repository.path}</a>
      ${origin === undefined ? "" : html`<small>fork of ${origin.path}</small>`}
    </span>
    ${repository.private ? html`<span class="tag">private</span>` : ""}
    <span class="tag">${open} open</span>
  </li>`;
}

/** Branches and merge requests of one repository. */
export async function repositoryPage(store: SandboxStore, repository: SandboxRepository): Promise<Html> {
  const { path } = repository;
  const addresses = addressesOf(store.kind);
  const branches = await store.branches(repository);
  const mergeRequests = store.mergeRequests(repository).toReversed();
  const sigil = store.kind === "github" ? "#" : "!";
  const name = store.kind === "github" ? "Pull requests" : "Merge requests";
  return html`
    <h1>${path}</h1>
    <p class="meta"><code>git clone ${store.url}/${path}.git</code></p>
    <h2>${name}<span class="count">${mergeRequests.length}</span></h2>
    <section class="card">
      ${
        mergeRequests.length === 0
          ? html`<p class="empty">None yet.</p>`
          : html`<ul class="rows">
              ${mergeRequests.map((mergeRequest) => mergeRequestRow({ mergeRequest, path, sigil }, addresses))}
            </ul>`
      }
    </section>
    <h2>Branches<span class="count">${branches.length}</span></h2>
    <section class="card">
      ${
        branches.length === 0
          ? html`<p class="empty">Nothing was pushed yet.</p>`
          : html`<ul class="rows">
              ${branches.map((branch) => branchRow(branch, repository, addresses))}
            </ul>`
      }
    </section>
  `;
}

function branchRow(
  { name, commit }: { readonly name: string; readonly commit: string },
  { path, defaultBranch }: SandboxRepository,
  addresses: Addresses,
): Html {
  return html`<li>
    <a class="grow name" href="${addresses.files(path, { revision: name, file: "", folder: true })}"
      >${name}</a
    >
    ${name === defaultBranch ? html`<span class="tag">default</span>` : ""}
    <a class="mono" href="${addresses.commit(path, commit)}">${shortCommit(commit)}</a>
  </li>`;
}
