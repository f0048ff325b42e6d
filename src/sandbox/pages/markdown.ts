import { raw } from "hono/html";
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({ html: false, linkify: true });

// The forges do not show HTML comments, and programs keep their marks in them.
markdown.inline.ruler.before("text", "comment", (state, silent) => {
  if (!state.src.startsWith("<!--", state.pos)) return false;
  const end = state.src.indexOf("-->", state.pos);
  if (end < 0 || silent) return false;
  state.pos = end + 3;
  return true;
});

/** Text that people wrote, as safe HTML: tags in it are shown, not obeyed. */
export function renderMarkdown(text: string) {
  return raw(markdown.render(text));
}
