/**
 * Text that people wrote on one forge must not act on the other: no quick actions, no mentions, no closed issues, none
 * of our own markers. What is changed stays readable; a zero-width space does most of the work, as it is invisible and
 * breaks every one of the forges' own patterns.
 */

const breaker = "\u200b";

/** Bidirectional controls can make a line read other than it is. */
const bidirectionalControls = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** The forges' closing keywords, GitHub's and GitLab's, in all their forms. */
const closingKeyword = /\b(clos|fix|resolv|implement)(e[sd]?|ing|ed|es|s)?(?=:?\s+\S)/gi;

/** `#12`, `group/name#12`, `!12`, `GH-12`, GitLab's `GL-12` and `[issue:12]`, but not a bug tracker's own `rhbz#12`, which no forge takes for its own. */
const reference = /(?<!\b(?:rhbz|bz|lp|bsc|boo))([#!&%])(?=\d)/gi;
const ghReference = /\b(GH|GL)-(?=\d)/gi;
const namedReference = /\[(?=(?:issue|work_item|epic|milestone|merge_request|vulnerability):)/gi;

/**
 * What Markdown takes for HTML: a tag, a comment, a declaration, an instruction. Neither `<sys/types.h>` nor `<https://…>`
 * nor `<a@b.c>` is any, for the name of a tag ends at a space or its bracket.
 */
const html = /<(?=[a-z][a-z\d-]*(?:\s|\/?>|$)|\/[a-z]|[!?])/gi;

/**
 * A line that begins with `/word` is a command to GitLab, and to bots on both forges. What ends a line for `^` is not among
 * the spaces, or a text of nothing else would be read once for each of them.
 */
const quickAction = /^([^\S\n\u2028\u2029]*)\/(?=[a-z_])/gim;

/** Markdown's emphasis may end in `_` right before it. */
const mention = /(?<![A-Za-z0-9])@(?=\S)/g;

/** Signs and letters that Markdown would only write once the text is shown; decimal ones are broken as references are. */
const writtenLater = /&(?=#x[\da-f]|(?:commat|num|excl|percnt|sol);)/gi;

/** Dist-git's CI runs, whatever the title or the text asks for; a squash makes a message of both. */
const skippedCi = /\[(?=(?:(?:skip|no)[ _-](?:ci|actions)|(?:ci|actions)[ _-]skip)\])/gi;
const skippedChecks = /^skip-(?=checks\s*:)/gim;

/** Sluice reads these trailers itself, and believes them. */
const ownTrailer = /^(From)-(?=(?:source|dist)-git-commit\s*:)/gim;

/** A description or comment from the other side, made harmless. */
export function defuseText(text: string): string {
  return defuseInline(text.replace(/\r\n?/g, "\n"))
    .replace(html, `<${breaker}`)
    .replace(writtenLater, "&amp;")
    .replace(quickAction, "$1\\/");
}

/** A title from the other side, made harmless: one line, no markup that acts. */
export function defuseTitle(title: string): string {
  return defuseInline(title.replace(/\s+/g, " ").trim())
    .replace(html, `<${breaker}`)
    .replace(/^\/(?=[a-z_])/i, `${breaker}/`);
}

/** A commit message from the other side: the same dangers as a text, but no markup, since nobody renders it. */
export function defuseMessage(message: string): string {
  return defuseInline(message.replace(/\r\n?/g, "\n"))
    .replace(quickAction, `$1${breaker}/`)
    .replace(ownTrailer, `$1${breaker}-`);
}

function defuseInline(text: string): string {
  return text
    .replace(bidirectionalControls, "")
    .replace(/<(?=!--)/g, `<${breaker}`)
    .replace(mention, `@${breaker}`)
    .replace(skippedCi, `[${breaker}`)
    .replace(skippedChecks, `skip${breaker}-`)
    .replace(closingKeyword, breakClosing)
    .replace(reference, `$1${breaker}`)
    .replace(ghReference, `$1-${breaker}`)
    .replace(namedReference, `[${breaker}`);
}

/** Only where a reference or an address follows does a keyword act; `fix the parser` and `Resolves: RHEL-12` stay. */
function breakClosing(keyword: string, ...rest: unknown[]): string {
  const [offset, text] = rest.slice(-2) as [number, string];
  const following = text.slice(offset + keyword.length, offset + keyword.length + 200);
  const acts =
    /^:?[^\n]*?\shttps?:\/\/|^:?\s+(?:https?:\/\/|[#!&%]\d|G[HL]-\d|\[(?:issue|work_item):|[\w.-]+\/[\w./-]+[#!&%]\d)/i.test(
      following,
    );
  return acts ? `${keyword.slice(0, 1)}${breaker}${keyword.slice(1)}` : keyword;
}
