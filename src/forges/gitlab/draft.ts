/**
 * GitLab keeps a draft in the title: `Draft:`, `[Draft]` or `(Draft)` at its start, in any case. A title that is carried
 * over may begin so without being meant so; the word is then taken off, because here it would say what is not true.
 */
const prefixes = /^(?:\s*(?:draft:|\[draft\]|\(draft\)))+\s*/i;
const mark = "Draft: ";

export function withoutDraftPrefix(title: string): string {
  return title.replace(prefixes, "");
}

/** The title as GitLab is to store it, before it is cut: a prefix and at least one word. */
export function withDraft(title: string, draft: boolean): string {
  const plain = withoutDraftPrefix(title).trim() || "(no title)";
  return draft ? mark + plain : plain;
}
