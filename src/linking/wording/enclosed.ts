/**
 * Markdown that people wrote, such that whatever stands below it is read as what it is: an open block of code, or GitLab's open
 * quotation, would swallow it. A quotation ends all that begins in it, on both forges; so what is not sure to end is quoted.
 * That is rather too much than too little, as only a parser that agrees with the forge's in every corner could tell.
 */
export function enclosed(markdown: string): string {
  if (surelyEnds(markdown)) return markdown;
  return markdown
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

interface Fence {
  readonly indent: string;
  readonly mark: string;
}

/** Whether every block of code is one that begins and ends plainly, and nothing else begins one. */
function surelyEnds(markdown: string): boolean {
  let open: Fence | undefined;
  for (const line of markdown.split("\n")) {
    if (open === undefined) {
      open = openedBy(line);
      if (open === undefined && mayOpen.test(line)) return false;
    } else if (endsContainer(line, open)) {
      return false;
    } else {
      const end = ending.exec(line);
      if (end?.[2]?.startsWith(open.mark) !== true) continue;
      if (end[1] !== open.indent) return false;
      open = undefined;
    }
  }
  return open === undefined;
}

/** Behind more than three spaces it may be code itself. A line with further backquotes holds code, and begins no block. */
function openedBy(line: string): Fence | undefined {
  const [, indent, mark] = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? [];
  return indent === undefined || mark === undefined ? undefined : { indent, mark };
}

/** A mark of a block of code behind anything else, as the marks of lists and quotations, or the mark of GitLab's quotations. */
const mayOpen = /(?<!`)`{3,}(?!`)[^`]*$|~~~|^\s*>{3,}\s*$/;

/** Spaces of another kind are none to Markdown. */
const ending = /^([ \t]*)(`{3,}|~{3,})[ \t]*$/;

/** A block of code in a list ends with the list, at the first line that is not indented as the list is. */
function endsContainer(line: string, { indent }: Fence): boolean {
  return !line.startsWith(indent) && !/^[ \t]*$/.test(line);
}
