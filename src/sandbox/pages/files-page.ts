import { html } from "hono/html";
import { gitText } from "../../git/run.js";
import type { SandboxRepository } from "../model.js";
import type { SandboxCommit, SandboxStore } from "../store.js";
import { addressesOf } from "./addresses.js";
import type { Html } from "./layout.js";

/** A file or a folder at a revision. */
export interface FilesPlace {
  readonly revision: string;
  readonly commit: SandboxCommit;
  readonly file: string;
}

/** Splits `REVISION/PATH`; the branch may have slashes in its name, so the first revision that exists counts. */
export async function filesPlace(
  store: SandboxStore,
  repository: SandboxRepository,
  revisionAndPath: string,
): Promise<FilesPlace | undefined> {
  const parts = revisionAndPath.split("/");
  for (const index of parts.keys()) {
    const revision = parts.slice(0, index + 1).join("/");
    const commit = await store.commit(repository, revision);
    if (commit !== undefined) return { revision, commit, file: parts.slice(index + 1).join("/") };
  }
  return undefined;
}

/** What is at the place; `undefined` when nothing is. */
export async function filesPage(
  store: SandboxStore,
  repository: SandboxRepository,
  place: FilesPlace,
): Promise<Html | undefined> {
  const { commit, file, revision } = place;
  const content = file === "" ? undefined : await store.file(repository, { revision: commit.id, path: file });
  const heading = html`<h1 class="mono">${file === "" ? repository.path : file}</h1>
    <p class="meta">at <code class="branch">${revision}</code></p>`;
  if (content !== undefined) return html`${heading}${fileCard(content)}`;
  const entries = await folder(repository, place);
  if (entries.length === 0) return undefined;
  const addresses = addressesOf(store.kind);
  return html`${heading}
    <section class="card">
      <ul class="rows">
        ${entries.map(
          ({ name, path, kind }) =>
            html`<li>
              <a
                class="name grow mono"
                href="${addresses.files(repository.path, { revision, file: path, folder: kind === "tree" })}"
                >${name}${kind === "tree" ? "/" : ""}</a
              >
            </li>`,
        )}
      </ul>
    </section>`;
}

interface Entry {
  readonly kind: string;
  readonly path: string;
  readonly name: string;
}

async function folder(
  { gitDirectory }: SandboxRepository,
  { commit, file }: FilesPlace,
): Promise<readonly Entry[]> {
  const where = file === "" ? [] : ["--", `${file}/`];
  const listing = await gitText(["--literal-pathspecs", "ls-tree", "-z", commit.id, ...where], {
    directory: gitDirectory,
  });
  const entries = listing.split("\0").flatMap((line) => {
    const [, kind = "", path = ""] = /^\S+ (\S+) [^\t]*\t([^]*)$/.exec(line) ?? [];
    return path === "" ? [] : [{ kind, path, name: path.slice(path.lastIndexOf("/") + 1) }];
  });
  return entries.sort((one, other) => Number(other.kind === "tree") - Number(one.kind === "tree"));
}

/** More than a page should carry. */
const mostBytes = 512 * 1024;

function fileCard(content: Buffer): Html {
  if (content.includes(0)) return html`<section class="card"><p class="empty">Not a text.</p></section>`;
  const lines = content.subarray(0, mostBytes).toString("utf8").replace(/\n$/, "").split("\n");
  return html`<section class="card">
    <div class="scroll">
      <table class="code">
        ${lines.map(fileRow)}
      </table>
    </div>
    ${content.length > mostBytes ? html`<p class="empty">The rest is not shown.</p>` : ""}
  </section>`;
}

function fileRow(text: string, index: number): Html {
  return html`<tr id="L${index + 1}">
    <td class="line">${index + 1}</td>
    <td>${text}</td>
  </tr>`;
}
