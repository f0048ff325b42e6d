import { html, raw } from "hono/html";
import type { ForgeKind } from "../model.js";
import { style } from "./style.js";

export type Html = ReturnType<typeof html>;

export interface Frame {
  readonly forge: { readonly name: string; readonly kind: ForgeKind };
  readonly title: string;
  readonly crumbs: readonly Crumb[];
  /** Seconds after which the page loads itself again. */
  readonly refresh: number | undefined;
}

export interface Crumb {
  readonly text: string;
  readonly link?: string;
}

/** What stands around every page. */
export function framed({ forge, title, crumbs, refresh }: Frame, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${refresh === undefined ? "" : html`<meta http-equiv="refresh" content="${refresh}" />`}
        <title>${title} · ${forge.name}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body class="${forge.kind}">
        <header class="bar">
          <a class="forge" href="/">${forge.name}</a>
          <nav>${crumbs.map(crumb)}</nav>
          <span class="kind">${forge.kind === "github" ? "GitHub" : "GitLab"} in a box</span>
        </header>
        <main>${content}</main>
      </body>
    </html>`;
}

function crumb({ text, link }: Crumb): Html {
  return html`<span class="slash">/</span
    >${link === undefined ? html`<b>${text}</b>` : html`<a href="${link}">${text}</a>`}`;
}

/** `2026-11-21 03:11`; instants are in UTC. */
export function moment(instant: string): Html {
  return html`<time datetime="${instant}" title="${instant}"
    >${instant.slice(0, 16).replace("T", " ")}</time
  >`;
}

/** A round mark with the first letters of a name, always in the same colour. */
export function avatar(name: string): Html {
  const letters = name
    .split(/[\s-]+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
  const hue = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 360, 7);
  return html`<span class="avatar" style="--hue: ${hue}" aria-hidden="true">${letters}</span>`;
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
