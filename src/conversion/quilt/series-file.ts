import { posix } from "node:path";
import { UserError } from "../../domain/errors.js";

/** A series of quilt, line by line: nothing of it is lost that is not changed on purpose. */
export interface SeriesFile {
  /** Where it is in dist-git. */
  readonly path: string;
  readonly lines: readonly SeriesLine[];
  readonly problems: readonly SeriesProblem[];
}

export interface SeriesLine {
  /** With its line end, if it has one. */
  readonly text: string;
  /** `undefined` for a comment or an empty line. */
  readonly patch: SeriesPatch | undefined;
}

export interface SeriesPatch {
  /** The path below `debian/patches`. */
  readonly file: string;
  /** The `-p` with which quilt applies it; dpkg-source knows nothing but 1. */
  readonly strip: number;
  /** From 1. */
  readonly line: number;
}

export interface SeriesProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/**
 * Reads a series as quilt and dpkg-source do: `name [options] [# comment]`, where only `-pN` and `-p N` are understood.
 * What they would stumble over is a problem; such a line names no patch.
 */
export function parseSeries(text: string, path: string): SeriesFile {
  const problems: SeriesProblem[] = [];
  const names = new Set<string>();
  const lines = splitLines(text).map((line, index) => {
    const read = readLine(line, index + 1);
    if (read === undefined) return { text: line, patch: undefined };
    const problem = "reason" in read ? read : repeated(read, names);
    if (problem !== undefined) problems.push(problem);
    return { text: line, patch: "reason" in read || problem !== undefined ? undefined : read };
  });
  return { path, lines, problems };
}

/** The patches in order of application. */
export function patchesOf({ lines }: SeriesFile): readonly SeriesPatch[] {
  return lines.flatMap(({ patch }) => patch ?? []);
}

export function seriesText({ lines }: SeriesFile): string {
  return lines.map(({ text }) => text).join("");
}

/** Throws `UserError` ("invalid") naming the line of the first problem. */
export function requireSound({ path, problems }: SeriesFile): void {
  const [problem] = problems;
  if (problem === undefined) return;
  throw new UserError("invalid", {
    message: problem.reason,
    where: `${path}:${problem.line}`,
    remedy: `Correct the line in dist-git's ${path}.`,
  });
}

/** Whether a path can stand in a series and stays in the patch folder. */
export function isPatchPath(name: string): boolean {
  const parts = name.split("/");
  const unsafe = parts.some((part) => /^(?:|\.|\.\.|\.git)$/i.test(part));
  return !unsafe && !/[\s\0]/.test(name) && !name.startsWith("#");
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function readLine(text: string, line: number): SeriesPatch | SeriesProblem | undefined {
  const [name, ...options] = text
    .replace(/(?:^|\s)#.*$/s, "")
    .split(/\s+/)
    .filter(Boolean);
  if (name === undefined) return undefined;
  const file = posix.normalize(name);
  if (!isPatchPath(file)) return { line, reason: `the path ${name} leaves the patch folder` };
  const strip = readStrip(options.join(" "));
  if (strip === undefined) return { line, reason: `the option ${options.join(" ")} is not understood` };
  return { file, strip, line };
}

function readStrip(options: string): number | undefined {
  if (options === "") return 1;
  // quilt writes `-pab` for what its users call with a/ and b/; it is the same as 1.
  const match = /^(?:-p ?(\d{1,3}|ab)|--strip[= ](\d{1,3}))$/.exec(options);
  const level = match?.[1] ?? match?.[2];
  if (level === undefined) return undefined;
  return level === "ab" ? 1 : Number(level);
}

function repeated({ file, line }: SeriesPatch, names: Set<string>): SeriesProblem | undefined {
  if (names.has(file)) return { line, reason: `${file} is listed twice` };
  names.add(file);
  return undefined;
}
