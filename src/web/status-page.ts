import { html, raw } from "hono/html";
import type { LinkEntry, RepositoryPattern } from "../config/configuration.js";
import type { JobCounts } from "../queue/queue.js";

export interface Status {
  readonly version: string;
  /** Where they may be shown; else how many there are. */
  readonly links: readonly LinkEntry[] | number;
  readonly jobs: JobCounts;
  readonly outlook?: Outlook | undefined;
}

/** How Sluice gets along with its forges. */
export interface Outlook {
  readonly budgets: readonly {
    readonly forge: string;
    readonly identity: string | undefined;
    readonly budget: { readonly remaining: number; readonly limit: number };
  }[];
  readonly troubles: readonly { readonly repository: RepositoryPattern; readonly trouble: string }[];
}

/** How much Sluice has to do, for whoever opens its address, and what it links for who may know; no merge requests. */
export function statusPage({ version, links, jobs, outlook }: Status) {
  const showsNames = typeof links !== "number";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Sluice</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>Sluice <small>${version}</small></h1>
        <section>
          <h2>Jobs</h2>
          <p>${jobs.waiting} waiting, ${jobs.running} running, ${jobs.parked} parked${parkedHint(jobs)}</p>
          <p class="soft">Not all that wait are due: the next look at everything is always among them.</p>
        </section>
        ${outlook && outlookPart(outlook, showsNames)}
        <section>
          <h2>Links</h2>
          ${showsNames ? linkTable(links) : html`<p>${links} ${links === 1 ? "link" : "links"}</p>`}
        </section>
        <p class="soft">
          <a href="/healthz">healthz</a> · <a href="/readyz">readyz</a> · <a href="/metrics">metrics</a>
        </p>
      </body>
    </html> `;
}

function outlookPart({ budgets, troubles }: Outlook, showsNames: boolean) {
  const left = budgets.map(
    ({ forge, identity, budget }) =>
      html`<li>
        ${[forge, identity].filter(Boolean).join(" ")}: ${budget.remaining} of ${budget.limit} requests left
      </li>`,
  );
  const named = troubles.map(({ repository, trouble }) => html`<li>${nameOf(repository)}: ${trouble}</li>`);
  const isShown = showsNames && left.length > 0;
  return html`${
    isShown
      ? html`<section>
          <h2>What the forges' APIs still allow</h2>
          <ul>
            ${left}
          </ul>
        </section>`
      : ""
  }${
    troubles.length === 0
      ? ""
      : html`<section class="bad">
          <h2>${troubles.length} repositories whose webhooks do not come</h2>
          ${
            showsNames
              ? html`<ul>
                  ${named}
                </ul>`
              : ""
          }
        </section>`
  }`;
}

function linkTable(links: readonly LinkEntry[]) {
  const rows = links.map(
    ({ sourceGit, distGit, layout }) =>
      html`<tr>
        <td>${nameOf(sourceGit)}</td>
        <td>${nameOf(distGit)}</td>
        <td>${layout}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>source-git</th>
          <th>dist-git</th>
          <th>layout</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

const style = raw(`
:root { --text: #1c2128; --soft: #59636e; --page: #f6f7f9; --card: #fff; --line: #d9dee4; --accent: #0b62d6; --bad: #cf222e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --soft: #a2abb6; --page: #10141a; --card: #171c23; --line: #2c333d; --accent: #6cb0ff; --bad: #ff7b72 }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--page); color: var(--text) }
small, .soft { color: var(--soft); font-weight: normal }
a { color: var(--accent) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.8rem 1.2rem; margin: 1rem 0 }
section.bad { border-color: var(--bad) }
h2 { font-size: 1rem; margin: 0 0 0.4rem }
p, ul { margin: 0.2rem 0 } ul { padding-left: 1.2rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 0.8rem 0.35rem 0; text-align: left }
th { color: var(--soft); font-weight: 600 } tbody tr:last-child td { border-bottom: 0 }
`);

function parkedHint({ parked }: JobCounts): string {
  return parked === 0 ? "" : ": `bin/sluice jobs --state parked` says why";
}

function nameOf({ forge, path }: RepositoryPattern): string {
  return `${forge}/${path}`;
}
