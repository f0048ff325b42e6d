import { raw } from "hono/html";
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: true, linkify: true });
/** GitHub shows each line of what people say as a line of its own. */
const markdownOfLines = new MarkdownIt({ html: true, linkify: true, breaks: true });

/** Of the tags that the forges let through, those without attributes that fold and shrink text. */
const harmless = /^<\/?(?:details|summary|sub)>$/;

/** Other tags are shown, not obeyed; comments, in which programs keep their marks, are neither. */
function onlyHarmless(html: string): string {
  return html.replace(/<!--[^]*?(?:-->|$)|<[^<>]*>|[<>&]/g, (part) => {
    if (part.startsWith("<!--")) return "";
    return harmless.test(part) ? part : markdown.utils.escapeHtml(part);
  });
}

for (const { renderer } of [markdown, markdownOfLines]) {
  for (const rule of ["html_block", "html_inline"])
    renderer.rules[rule] = (tokens, index) => onlyHarmless(tokens[index]?.content ?? "");
}

/** `> [!NOTE]` is a box with a heading on both forges. */
function withAlerts(html: string): string {
  return html.replace(/(<blockquote>\s*<p>)\[!([A-Z]+)\]\s*/g, (_, begin: string, kind: string) => {
    const heading = kind.slice(0, 1) + kind.slice(1).toLowerCase();
    return `${begin}<strong>${heading}</strong><br>`;
  });
}

/** Text that people wrote, as safe HTML. */
export function renderMarkdown(text: string, { lines = false } = {}) {
  return raw(withAlerts((lines ? markdownOfLines : markdown).render(text)));
}
