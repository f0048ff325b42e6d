import { UserError } from "../../domain/errors.js";
import type { SyncRule } from "../configuration.js";

/** What rsync-like filters say of a path: whether it is carried over, and whether it may be deleted. */
export interface SyncFilter {
  readonly carries: (path: string) => boolean;
  readonly mayDelete: (path: string) => boolean;
}

interface Rule {
  readonly action: "allow" | "deny";
  readonly matches: (path: string, folder: boolean) => boolean;
}

const words: Readonly<Record<string, readonly ("carry" | "keep" | "+carry" | "+keep")[]>> = {
  exclude: ["carry", "keep"],
  include: ["+carry", "+keep"],
  hide: ["carry"],
  show: ["+carry"],
  protect: ["keep"],
  risk: ["+keep"],
};
const letters: Readonly<Record<string, string>> = {
  "-": "exclude",
  "+": "include",
  H: "hide",
  S: "show",
  P: "protect",
  R: "risk",
};

/** Reads `protect .git*`, `exclude source-git.yaml`, `- *.orig`. Throws `UserError` ("unsupported") for other rules. */
export function readFilters({ filters, where }: Pick<SyncRule, "filters" | "where">): SyncFilter {
  const carrying: Rule[] = [];
  const deleting: Rule[] = [];
  for (const text of filters) {
    const [, word = "", pattern = ""] = /^(\S+?)(?:[ _])(.+)$/.exec(text.trim()) ?? [];
    const effects = words[letters[word] ?? word];
    // Many stars would make matching slow without end.
    if (effects === undefined || pattern === "" || pattern.split("*").length > 12) {
      throw new UserError("unsupported", {
        message: `the filter "${text}" is not understood`,
        where,
        remedy: "Use protect, exclude, include, hide, show or risk with one pattern.",
      });
    }
    const matches = patternMatcher(pattern);
    for (const effect of effects) {
      const action = effect.startsWith("+") ? "allow" : "deny";
      (effect.endsWith("carry") ? carrying : deleting).push({ action, matches });
    }
  }
  return { carries: (path) => allows(carrying, path), mayDelete: (path) => allows(deleting, path) };
}

/** The first rule that matches decides, for the path and for each folder that it stands in. */
function allows(rules: readonly Rule[], path: string): boolean {
  const names = path.split("/");
  for (const index of names.keys()) {
    const part = names.slice(0, index + 1).join("/");
    const folder = index < names.length - 1;
    const rule = rules.find(({ matches }) => matches(part, folder));
    if (rule?.action === "deny") return false;
  }
  return true;
}

function patternMatcher(pattern: string): (path: string, folder: boolean) => boolean {
  const foldersOnly = pattern.endsWith("/");
  const text = foldersOnly ? pattern.slice(0, -1) : pattern;
  const anchored = text.startsWith("/");
  const whole = text.includes("/") || text.includes("**");
  const expression = toExpression(anchored ? text.slice(1) : text);
  const begin = anchored ? "^" : whole ? "(?:^|/)" : "^";
  const regular = new RegExp(`${begin}${expression}$`, "s");
  return (path, folder) => {
    if (foldersOnly && !folder) return false;
    return regular.test(whole ? path : (path.split("/").at(-1) ?? path));
  };
}

function toExpression(pattern: string): string {
  const parts = pattern.match(/\*\*|\*|\?|\[!?\]?[^\]]*\]|\\.|[^]/g) ?? [];
  return parts
    .map((part) => {
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      if (part.length > 2 && part.startsWith("["))
        return `[${part.slice(1, -1).replace(/^!/, "^").replace(/\\/g, "\\\\")}]`;
      return part.replace(/^\\(?=.)/, "").replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    })
    .join("");
}
