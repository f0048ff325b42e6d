import type { Inspection } from "../layout.js";
import { placesOf, type AppliedPatch } from "./applied-patches.js";
import { mentionedPatches, readPrepCommands } from "./prep-commands.js";
import type { ReadSpec } from "./spec-tags.js";
import type { Problem } from "./spec-facts.js";

type Unsupported = Inspection["unsupported"];

/** What is not understood of a spec and may matter to its patches and sources, by line from 1. */
export function listUnsupported(read: ReadSpec, patches: readonly AppliedPatch[]): Unsupported {
  const found: readonly Problem[] = [
    ...read.problems,
    ...unknownTags(read),
    ...unknownNames(read),
    ...repeatedNumbers(read),
    ...undecided(read, patches),
    ...unknownCommands(read),
    ...otherUses(read, patches),
    ...otherFolders(read),
    ...openConditions(read),
  ];
  const lines = new Map(found.map(({ line, reason }) => [`${line} ${reason}`, { line: line + 1, reason }]));
  return [...lines.values()].sort((one, other) => one.line - other.line);
}

function unknownTags({ tags }: ReadSpec): Problem[] {
  const found: Problem[] = [];
  for (const name of ["name", "version"]) {
    const tag = tags.get(name);
    if (tag === undefined) found.push({ line: 0, reason: `the spec has no ${name}` });
    else if (tag.trouble !== undefined) found.push({ line: tag.line, reason: tag.trouble.message });
  }
  return found;
}

function unknownNames({ named }: ReadSpec): Problem[] {
  return named.flatMap(({ line, trouble, truth }) =>
    trouble === undefined || truth === "false" ? [] : [{ line, reason: trouble.message }],
  );
}

function repeatedNumbers({ named, spec }: ReadSpec): Problem[] {
  const seen = new Map<string, number>();
  const found: Problem[] = [];
  for (const { kind, number, line, truth } of named) {
    if (truth !== "true" || (spec.lines[line]?.inside.length ?? 0) > 0) continue;
    const key = `${kind} ${number}`;
    const earlier = seen.get(key);
    if (earlier !== undefined)
      found.push({ line, reason: `${key} is there already, in line ${earlier + 1}` });
    seen.set(key, line);
  }
  return found;
}

/** Conditions that hang on where the package is built, as far as a patch or source stands in them. */
function undecided({ named, spec, truths, prep }: ReadSpec, patches: readonly AppliedPatch[]): Problem[] {
  const commands = readPrepCommands(prep).map(({ line }) => line);
  const used = patches.flatMap(({ line, tagLine }) => [line, tagLine]);
  const lines = new Set([...commands, ...used, ...named.map(({ line }) => line)]);
  const conditions = [...lines]
    .filter((line) => truths[line] === "unknown")
    .flatMap((line) => spec.lines[line]?.inside ?? [])
    .filter((line) => spec.lines[line]?.kind === "condition");
  return [...new Set(conditions)]
    .filter((line) => hasUnknownBranch({ truths, spec }, line))
    .map((line) => ({
      line,
      reason: `whether "${(spec.lines[line]?.text ?? "").trim()}" holds depends on where the package is built`,
    }));
}

/** Whether one of the branches of an `%if` cannot be decided. */
function hasUnknownBranch({ truths, spec }: Pick<ReadSpec, "truths" | "spec">, line: number): boolean {
  const end = spec.ends.get(line) ?? spec.lines.length;
  const own = spec.lines[line]?.inside.length ?? 0;
  for (let each = line; each < end; each += 1) {
    const { kind, inside = [] } = spec.lines[each] ?? {};
    if (kind === "condition" && inside.length === own && truths[each] === "unknown") return true;
  }
  return false;
}

function unknownCommands({ prep, named }: ReadSpec): Problem[] {
  const known = new Set(named.filter(({ kind }) => kind === "patch").map(({ number }) => number));
  return readPrepCommands(prep).flatMap(({ line, by, numbers, truth }) => {
    if (truth === "false" || "from" in numbers) return [];
    if (numbers.length === 0) return [{ line, reason: `which patch ${by} applies here is not understood` }];
    const missing = numbers.filter((number) => !known.has(number));
    return missing.map((number) => ({ line, reason: `${by} applies patch ${number}, and there is none` }));
  });
}

/** Lines of `%prep` that do something else with a patch that nothing else applies. */
function otherUses({ prep }: ReadSpec, patches: readonly AppliedPatch[]): Problem[] {
  const unapplied = new Set(
    patches.filter(({ appliedBy }) => appliedBy === undefined).map(({ number }) => number),
  );
  return prep
    .filter(({ comment, truth }) => !comment && truth !== "false")
    .flatMap(({ line, text }) =>
      mentionedPatches(text)
        .filter((number) => unapplied.has(number))
        .map((number) => ({ line, reason: `what is done with patch ${number} here is not understood` })),
    );
}

/** What applies patches in a folder that only a shell would know, or in several. */
function otherFolders({ prep, named }: ReadSpec): Problem[] {
  const commands = readPrepCommands(prep).filter(({ truth }) => truth !== "false");
  const patches = named.filter(({ kind }) => kind === "patch");
  const uncertain = commands
    .filter(({ folder }) => folder === undefined)
    .map(({ line, by }) => ({
      line,
      reason: `${by} applies here in a folder that is not certain, and is taken as if at the top`,
    }));
  const repeated = [...placesOf(commands, patches)]
    .filter(([, folders]) => folders.size > 1)
    .map(([{ line, number }]) => ({
      line,
      reason: `patch ${number} is applied in more than one folder, and is taken as if at the top`,
    }));
  return [...uncertain, ...repeated];
}

function openConditions({ spec }: ReadSpec): Problem[] {
  return spec.lines.flatMap(({ kind, inside }, line) =>
    kind === "condition" && inside.at(-1) === line && !spec.ends.has(line)
      ? [{ line, reason: "this condition has no %endif" }]
      : [],
  );
}
