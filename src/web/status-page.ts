import { html } from "hono/html";
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
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Sluice</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>Sluice <small>${version}</small></h1>
        <p>${jobs.waiting} waiting, ${jobs.running} running, ${jobs.parked} parked${parkedHint(jobs)}</p>
        ${outlook && outlookPart(outlook, typeof links !== "number")}
        ${typeof links === "number" ? html`<p>${links} links</p>` : linkTable(links)}
      </body>
    </html> `;
}

function outlookPart({ budgets, troubles }: Outlook, showsNames: boolean) {
  const left = budgets.map(
    ({ forge, identity, budget }) =>
      html`<li>${forge} ${identity ?? ""}: ${budget.remaining} of ${budget.limit} requests left</li>`,
  );
  const named = troubles.map(({ repository, trouble }) => html`<li>${nameOf(repository)}: ${trouble}</li>`);
  const count =
    troubles.length === 0 ? "" : html`<p>${troubles.length} repositories whose webhooks do not come</p>`;
  return showsNames
    ? html`<ul>
          ${left}
        </ul>
        ${count}
        <ul>
          ${named}
        </ul>`
    : count;
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
  return html`<table>
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
  </table>`;
}

const style = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
small { color: #666; font-weight: normal }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ddd; padding: 0.3rem 0.6rem 0.3rem 0; text-align: left }`;

function parkedHint({ parked }: JobCounts): string {
  return parked === 0 ? "" : ": `bin/sluice jobs --state parked` says why";
}

function nameOf({ forge, path }: RepositoryPattern): string {
  return `${forge}/${path}`;
}
