import { defuseTitle } from "./defuse.js";

/** Short foreign texts inside of our own Markdown: the cells of tables, the names of links. */

/** A name as code, where neither Markdown nor a mention works: of a job, a branch, a file. */
export function codeCell(text: string, limit = 80): string {
  const shown = shortened(oneLine(text), limit).replace(/`/g, "'").replace(/\|/g, "\\|");
  return shown === "" ? "" : `\`${shown}\``;
}

/** A sentence that shows what was written and does nothing: no markup, no link, no second cell. */
export function textCell(text: string, limit = 120): string {
  return shortened(defuseTitle(oneLine(text)), limit)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]|~]/g, "\\$&")
    .replace(/:\/\//g, ":\u200b//")
    .replace(/\bwww\./gi, "www\u200b.");
}

/** A link to what others name: only to the web, and without anything that would end it early. */
export function linked(text: string, url: string | undefined): string {
  const address = url === undefined ? undefined : webAddress(url);
  return address === undefined ? text : `[${text}](${address})`;
}

/** Longer ones are no address that anybody looks at. */
const addressLength = 1000;

function webAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  if (!["http:", "https:"].includes(protocol) || href.length > addressLength) return undefined;
  return href.replace(/[()|`\\<>[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Control characters, which include line ends, and those that turn the direction of a line. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+/g; // eslint-disable-line no-control-regex -- they are what is looked for

function oneLine(text: string): string {
  return text.replace(controls, " ").trim();
}

/** What reads like another name, or turns the direction of a line, where no markup can show it. */
const deceiving = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u061c]/g; // eslint-disable-line no-control-regex -- they are what is looked for

/** A name that is shown as it is, as those of statuses are: what nobody sees is seen, so that no two names look alike. */
export function plainName(text: string): string {
  return text.replace(deceiving, "\ufffd");
}

/** An ellipsis stands for what is left out. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not in the middle of a character of two units.
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
