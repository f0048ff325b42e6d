import { styleText } from "node:util";

/** Colours, or none where nobody sees them. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  link(text: string): string;
}

/** Colours on a terminal only; `NO_COLOR` and pipes get plain text. */
export function createStyle(colours: boolean): Style {
  const plain = (text: string) => text;
  if (!colours) return { bold: plain, dim: plain, good: plain, bad: plain, link: plain };
  return {
    bold: (text) => styleText("bold", text),
    dim: (text) => styleText("dim", text),
    good: (text) => styleText("green", text),
    bad: (text) => styleText("red", text),
    link: (text) => styleText(["cyan", "underline"], text),
  };
}
