import { html } from "hono/html";
import { shortCommit } from "../../domain/refs.js";
import type { SandboxMergeRequest } from "../model.js";
import type { SandboxCommit } from "../store.js";
import type { Addresses } from "./addresses.js";
import type { DiffLine, FileChange } from "./changes.js";
import { type Html, avatar, counted, moment } from "./layout.js";
import type { Result, Tone } from "./results.js";

/** Open, draft, merged or closed. */
export function statePill({ state, draft }: SandboxMergeRequest): Html {
  if (state === "open" && draft) return html`<span class="pill draft">Draft</span>`;
  return html`<span class="pill ${state}">${state.charAt(0).toUpperCase() + state.slice(1)}</span>`;
}

const marks: Record<Tone, string> = { good: "✓", bad: "✕", busy: "", waiting: "", quiet: "–" };

/** The round mark of a result. */
export function dot(tone: Tone): Html {
  return html`<span class="dot ${tone}">${marks[tone]}</span>`;
}

export function resultRows(results: readonly Result[], none: string): Html {
  if (results.length === 0) return html`<p class="empty">${none}</p>`;
  return html`<ul class="rows results">
    ${results.map(
      ({ name, state, tone, description, link, origin }) => html`
        <li title="${origin}">
          ${dot(tone)}
          <span class="grow">
            ${
              link === undefined
                ? html`<span class="name">${name}</span>`
                : html`<a class="name" href="${link}" rel="noopener">${name}</a>`
            }
            ${repeats(description, state) ? "" : html`<small>${description}</small>`}
          </span>
          <span class="word ${tone}">${state.replaceAll("_", " ")}</span>
        </li>
      `,
    )}
  </ul>`;
}

/** The other forge's words for a state. */
const sameWord: Readonly<Record<string, string>> = { failed: "failure", running: "in progress" };

/** Many descriptions say the state once more. */
function repeats(description: string, state: string): boolean {
  const shown = state.replaceAll("_", " ");
  return ["", shown, sameWord[shown]].includes(description.toLowerCase());
}

export function commitRows(commits: readonly SandboxCommit[], link: (commit: string) => string): Html {
  return html`<ul class="rows commits">
    ${commits.map(
      ({ id, message, author }) => html`
        <li>
          ${avatar(author.name)}
          <span class="grow">
            <a class="name" href="${link(id)}">${subject(message)}</a>
            <small>${author.name} · ${moment(author.date)}</small>
          </span>
          <a class="mono" href="${link(id)}">${shortCommit(id)}</a>
        </li>
      `,
    )}
  </ul>`;
}

export function subject(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}

export function changeTotals(files: readonly FileChange[]): Html {
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  return html`<span class="tally"
    >${counted(files.length, "file")} · <span class="plus">+${sum("additions")}</span>
    <span class="minus">−${sum("deletions")}</span></span
  >`;
}

/** More lines than this wait for a click. */
const longFile = 800;

export function fileDiffs(files: readonly FileChange[]): Html {
  if (files.length === 0) return html`<div class="card"><p class="empty">Nothing changes.</p></div>`;
  return html`${files.map(
    (file) => html`
      <details class="card file" ${file.lines.length <= longFile ? "open" : ""}>
        <summary>
          <span class="path mono"
            >${file.movedFrom === undefined ? "" : html`<span class="soft">${file.movedFrom} → </span>`}${file.path}</span
          >
          ${file.what === "modified" ? "" : html`<span class="tag">${file.what}</span>`}
          <span class="tally"
            ><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span
          >
        </summary>
        ${diffTable(file.lines)}
      </details>
    `,
  )}`;
}

function diffTable(lines: readonly DiffLine[]): Html {
  if (lines.length === 0) return html`<p class="empty">No lines to show.</p>`;
  return html`<div class="scroll">
    <table class="code">
      ${lines.map(diffRow)}
    </table>
  </div>`;
}

const signs: Record<DiffLine["kind"], string> = { added: "+", removed: "−", same: "", hunk: "", note: "" };

function diffRow({ kind, before, after, text }: DiffLine): Html {
  return html`<tr class="${kind}">
    <td class="line">${before ?? ""}</td>
    <td class="line">${after ?? ""}</td>
    <td class="sign">${signs[kind]}</td>
    <td>${text}</td>
  </tr>`;
}

/** A merge request in a list. */
export function mergeRequestRow(
  {
    mergeRequest,
    path,
    sigil,
  }: { readonly mergeRequest: SandboxMergeRequest; readonly path: string; readonly sigil: string },
  addresses: Addresses,
): Html {
  const { number, title, author, sourceBranch, targetBranch, updatedAt } = mergeRequest;
  return html`<li>
    ${statePill(mergeRequest)}
    <span class="grow">
      <a class="name" href="${addresses.mergeRequest(path, number)}">${title}</a>
      <small
        >${sigil}${number} by ${author.name} · ${sourceBranch} → ${targetBranch} · ${moment(updatedAt)}</small
      >
    </span>
  </li>`;
}
