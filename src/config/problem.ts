import { UserError } from "../domain/errors.js";

/** One mistake in the configuration, for the person who wrote it. */
export interface Problem {
  /** `sluice.yml:3:5`, or the name of an environment variable. */
  readonly where: string;
  /** `links[0].layout`; empty for the file as a whole. */
  readonly key: string;
  /** What is wrong, without a full stop; never shows a value that may be a secret. */
  readonly message: string;
  /** The way out, as a sentence. */
  readonly remedy?: string | undefined;
}

/** All problems as one error: a single one in its parts, several as a list. */
export function problemsError(subject: string, problems: readonly Problem[]): UserError {
  const [first] = problems;
  if (first && problems.length === 1) {
    const { where, remedy } = first;
    return new UserError("invalid", { message: sentence(first), where, remedy });
  }
  const list = problems.toSorted(byLine).map((problem) => `  ${problemLine(problem)}`);
  return new UserError("invalid", {
    message: [`${subject} has ${problems.length} problems:`, ...list].join("\n"),
    where: first?.where,
  });
}

/** `sluice.yml:3:5`, with what has no line last. */
function byLine(one: Problem, other: Problem): number {
  const [here = Infinity, there = Infinity] = [one, other].map(({ where }) => {
    const [, line] = /:(\d+):\d+$/.exec(where) ?? [];
    return line === undefined ? undefined : Number(line);
  });
  // Both without a line would be NaN.
  return here === there ? 0 : here - there;
}

/** `sluice.yml:3:5: links[0].layuot: unknown key. Did you mean layout?` */
export function problemLine(problem: Problem): string {
  const remedy = problem.remedy === undefined ? "" : `. ${problem.remedy}`;
  return `${problem.where}: ${sentence(problem)}${remedy}`;
}

function sentence({ key, message }: Problem): string {
  return key === "" ? message : `${key}: ${message}`;
}
