/** What Sluice writes in Markdown, for a terminal: links by their text, unless somebody is to follow them. */
export function plainText(markdown: string, { addresses = false } = {}): string {
  return (
    withoutComments(markdown)
      // No bracket inside: text that only begins links is read once, and not once for each beginning.
      .replace(/\[([^[\]]*)\]\(([^)[]*)\)/g, addresses ? "$1 ($2)" : "$1")
      .replace(/\*\*|`/g, "")
      .trim()
  );
}

/** Without comments and the white space behind them; one that does not end is text. */
function withoutComments(markdown: string): string {
  let text = "";
  let rest = markdown;
  for (;;) {
    const start = rest.indexOf("<!--");
    const end = start < 0 ? -1 : rest.indexOf("-->", start + "<!--".length);
    if (end < 0) return text + rest;
    text += rest.slice(0, start);
    rest = rest.slice(end + "-->".length).trimStart();
  }
}
