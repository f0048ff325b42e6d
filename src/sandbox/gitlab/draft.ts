const prefixes = /^(?:\s*(?:draft:|\[draft\]|\(draft\)))+\s*/i;

/** Whether a title makes its merge request a draft; there is no other way. */
export function isDraft(title: string): boolean {
  return prefixes.test(title);
}

export function draftTitle(title: string): string {
  return isDraft(title) ? title : `Draft: ${title}`;
}

export function readyTitle(title: string): string {
  return title.replace(prefixes, "");
}
