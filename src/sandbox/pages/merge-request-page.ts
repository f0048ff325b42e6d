import { html } from "hono/html";
import { shortCommit } from "../../domain/refs.js";
import type { SandboxComment, SandboxMergeRequest, SandboxReaction, SandboxRepository } from "../model.js";
import type { SandboxCommit, SandboxStore } from "../store.js";
import { type Addresses, addressesOf } from "./addresses.js";
import { type FileChange, changesBetween } from "./changes.js";
import { type Html, avatar, counted, moment } from "./layout.js";
import { renderMarkdown } from "./markdown.js";
import { changeTotals, commitRows, fileDiffs, resultRows, statePill } from "./parts.js";
import { type Result, resultsOn } from "./results.js";

interface Shown {
  readonly mergeRequest: SandboxMergeRequest;
  readonly repository: SandboxRepository;
  readonly source: SandboxRepository | undefined;
  readonly commits: readonly SandboxCommit[];
  readonly files: readonly FileChange[];
  readonly comments: readonly SandboxComment[];
  readonly results: readonly Result[];
  readonly addresses: Addresses;
  readonly sigil: "#" | "!";
}

/** One merge request with everything that was said and found out about it. */
export async function mergeRequestPage(
  store: SandboxStore,
  repository: SandboxRepository,
  mergeRequest: SandboxMergeRequest,
): Promise<Html> {
  const { base, head, sourceRepository } = mergeRequest;
  const source = sourceRepository === undefined ? undefined : store.repositoryById(sourceRepository);
  const places = source === undefined || source === repository ? [repository] : [repository, source];
  return render({
    mergeRequest,
    repository,
    source,
    commits: await store.mergeRequestCommits(mergeRequest),
    files: await changesBetween(repository, { from: base, to: head }),
    comments: store.comments(mergeRequest),
    results: resultsOn(store, places, head),
    addresses: addressesOf(store.kind),
    sigil: store.kind === "github" ? "#" : "!",
  });
}

function render(shown: Shown): Html {
  const { mergeRequest, repository, commits, files, comments, results, addresses, sigil } = shown;
  const commitLink = (commit: string) => addresses.commit(repository.path, commit);
  return html`
    <h1>${mergeRequest.title} <span class="number">${sigil}${mergeRequest.number}</span></h1>
    ${summary(shown)}
    <div class="columns">
      <div>
        ${said(shown, { ...mergeRequest, body: mergeRequest.description, anchor: "description" })}
        ${comments.map((comment) => said(shown, { ...comment, anchor: commentAnchor(sigil, comment.id) }))}
      </div>
      <aside>
        <section class="card">
          <header><b>Checks</b><span class="right mono">${shortCommit(mergeRequest.head)}</span></header>
          ${resultRows(results, "Nothing was reported yet.")}
        </section>
        ${facts(shown)}
      </aside>
    </div>
    <h2>Commits<span class="count">${commits.length}</span></h2>
    <section class="card">${commitRows(commits, commitLink)}</section>
    <h2>Changes ${changeTotals(files)}</h2>
    ${fileDiffs(files)}
  `;
}

function summary({ mergeRequest, repository, source, commits }: Shown): Html {
  const { author, state, mergedBy, mergedAt, sourceBranch, targetBranch, createdAt } = mergeRequest;
  const from = source === undefined ? "a fork that is gone" : source.path;
  const branch = source === repository ? sourceBranch : `${from}:${sourceBranch}`;
  return html`<div class="meta">
    ${statePill(mergeRequest)}
    <span>
      ${
        state === "merged"
          ? html`<b>${mergedBy?.name ?? "somebody"}</b> merged ${counted(commits.length, "commit")}`
          : html`<b>${author.name}</b> wants to merge ${counted(commits.length, "commit")}`
      }
      from <code class="branch">${branch}</code> into <code class="branch">${targetBranch}</code>
    </span>
    <span>${moment(mergedAt ?? createdAt)}</span>
  </div>`;
}

interface Saying {
  readonly author: SandboxMergeRequest["author"];
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly anchor: string;
  readonly reactions?: readonly SandboxReaction[];
}

function said(
  { sigil }: Pick<Shown, "sigil">,
  { author, body, createdAt, updatedAt, anchor, reactions = [] }: Saying,
): Html {
  return html`<article class="card" id="${anchor}">
    <header>
      ${avatar(author.name)} <b>${author.name}</b> ${author.bot ? html`<span class="tag">bot</span>` : ""}
      <span class="soft login">${author.login}</span>
      <span class="right"
        >${moment(createdAt)}${updatedAt === createdAt || anchor === "description" ? "" : " · edited"}</span
      >
    </header>
    <div class="text">
      ${body.trim() === "" ? html`<p class="soft">No description.</p>` : renderMarkdown(body, { lines: sigil === "#" })}
    </div>
    ${reactions.length === 0 ? "" : html`<div class="reactions">${reactions.map(reaction)}</div>`}
  </article>`;
}

/** In words, because not every system has a font for the signs. */
const reactionWords: Readonly<Record<string, string>> = {
  ...{ "+1": "thumb up", thumbsup: "thumb up" },
  ...{ "-1": "thumb down", thumbsdown: "thumb down" },
};

function reaction({ name, user }: SandboxReaction): Html {
  return html`<span class="tag">${reactionWords[name] ?? name} by ${user.name}</span> `;
}

// The addresses that both forges' APIs give for a comment end like this.
function commentAnchor(sigil: Shown["sigil"], id: number): string {
  return sigil === "#" ? `issuecomment-${id}` : `note_${id}`;
}

const mergeabilityWords: Record<SandboxMergeRequest["mergeability"], string> = {
  unknown: "Checking whether it can be merged…",
  mergeable: "No conflicts with the target branch.",
  conflicting: "Conflicts with the target branch.",
};

function facts({ mergeRequest, addresses, repository }: Shown): Html {
  const { state, mergeability, labels, mergeCommit } = mergeRequest;
  return html`<section class="card">
    <header><b>Merge</b></header>
    <div class="text">
      ${state === "open" ? html`<p>${mergeabilityWords[mergeability]}</p>` : ""}
      ${state === "closed" ? html`<p>Closed without being merged.</p>` : ""}
      ${
        mergeCommit === undefined
          ? ""
          : html`<p>
              Merged as
              <a class="mono" href="${addresses.commit(repository.path, mergeCommit)}"
                >${shortCommit(mergeCommit)}</a
              >
            </p>`
      }
      ${labels.length === 0 ? "" : html`<p>${labels.map((label) => html`<span class="tag">${label}</span> `)}</p>`}
    </div>
  </section>`;
}
