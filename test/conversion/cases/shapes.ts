import { readme, spec } from "../package.js";

/** The spec of the test package with other lines in place of its source line, and another `%prep`. */
export function withTags(tags: string, prep = "%autosetup -p1\n"): string {
  return spec.replace(/^Source0:.*\n/m, tags).replace("%autosetup -p1\n", prep);
}

/** A plain `diff -u` that replaces one line of upstream's README, as another tool writes it. */
export function readmePatch(line: number, text: string, names: readonly [string, string] = gitNames): string {
  const lines = readme({}).split("\n").slice(0, -1);
  const [from, to] = [Math.max(1, line - 3), Math.min(lines.length, line + 3)];
  const around = (begin: number, end: number) => lines.slice(begin - 1, end).map((each) => ` ${each}\n`);
  const hunk = [
    `@@ -${from},${to - from + 1} +${from},${to - from + 1} @@\n`,
    ...around(from, line - 1),
    `-${lines[line - 1] ?? ""}\n+${text}\n`,
    ...around(line + 1, to),
  ];
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunk.join("")}`;
}

const gitNames = ["a/README", "b/README"] as const;
