import { type Problem, problemLine } from "../../config/problem.js";
import { sourceFile } from "../../config/source-file.js";
import type { CommitStatus } from "../../domain/commit-status.js";
import { codeCell } from "./cells.js";
import { configContext } from "./wording.js";

/** So many mistakes are named. */
const most = 10;

/** Of the file that holds already; `undefined` where nothing is wrong with it. */
export function sourceFileNote(problems: readonly Problem[]): string | undefined {
  if (problems.length === 0) return undefined;
  const list = problems.slice(0, most).map((problem) => `- ${codeCell(problemLine(problem))}`);
  if (problems.length > most) list.push(`- and ${problems.length - most} more`);
  const head = `**\`${sourceFile}\` on the default branch has mistakes;** those keys count as not given:`;
  return [head, "", ...list].join("\n");
}

/** Of the file as a merge request would have it. */
export function sourceFileStatus(problems: readonly Problem[]): CommitStatus {
  const [first] = problems;
  if (!first) return { context: configContext, state: "success", description: `${sourceFile} is right` };
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  return { context: configContext, state: "failure", description: problemLine(first) + more };
}
