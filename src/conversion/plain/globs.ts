import { UserError } from "../../domain/errors.js";

/** Whether a path, or a folder that it stands in, is meant. */
export type Matches = (path: string) => boolean;

/**
 * Patterns as in `.gitignore`: without a slash they mean a name at any depth, with one a path from the root; a folder means
 * all that is in it; `*` and `?` stop at slashes, `**` does not. Throws `UserError` ("invalid").
 */
export function readGlobs(patterns: readonly string[], where: string): Matches {
  const expressions = patterns.map((pattern) => toRegExp(pattern, where));
  return (path) => expressions.some((expression) => expression.test(path));
}

function toRegExp(pattern: string, where: string): RegExp {
  const foldersOnly = pattern.endsWith("/");
  const text = pattern.replace(/^\//, "").replace(/\/+$/, "");
  // Many stars would make matching slow without end.
  if (text === "" || text.split("/").includes("..") || text.split(/\*+/).length > 12) {
    throw new UserError("invalid", {
      message: `the pattern "${pattern}" is not understood`,
      where,
      remedy: 'Write patterns as in .gitignore: "docs/", "*.orig", "/src/**/test".',
    });
  }
  const begin = pattern.startsWith("/") || text.includes("/") ? "^" : "^(?:.*/)?";
  return new RegExp(`${begin}${toExpression(text)}${foldersOnly ? "/" : "(?:/|$)"}`, "s");
}

function toExpression(text: string): string {
  const parts = text.match(/(?:^|(?<=\/))\*\*\/|\*+|\?|\[!?\]?[^\]/]*\]|\\.|[^]/gs) ?? [];
  return parts
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part.startsWith("**")) return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      if (part.length > 2 && part.startsWith("["))
        return `[${part
          .slice(1, -1)
          .replace(/^!/, "^")
          .replace(/[\\[\]]/g, "\\$&")}]`;
      return part.replace(/^\\(?=.)/, "").replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    })
    .join("");
}
