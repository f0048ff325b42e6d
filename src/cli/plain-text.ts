/** What Sluice writes in Markdown, for a terminal: links by their text, unless somebody is to follow them. */
export function plainText(markdown: string, { addresses = false } = {}): string {
  return markdown
    .replace(/<!--.*?-->\s*/gs, "")
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, addresses ? "$1 ($2)" : "$1")
    .replace(/\*\*|`/g, "")
    .trim();
}
