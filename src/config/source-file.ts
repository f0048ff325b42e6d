import type { z } from "zod";
import { camelKeys } from "./camel.js";
import { check } from "./check.js";
import type { AfterSourceMerge, LinkEntry } from "./configuration.js";
import { readYaml } from "./document.js";
import type { Problem } from "./problem.js";
import { sourceSchema } from "./source-schema.js";

/** Where a source-git repository narrows its link. */
export const sourceFile = ".sluice.yml";

/** What `.sluice.yml` says, as far as it is right, and everything that is wrong with it. */
export interface SourceFile {
  readonly narrowing: Narrowing;
  readonly problems: readonly Problem[];
}

export type Narrowing = z.output<typeof sourceSchema>;

export function checkSourceFile(text: string): SourceFile {
  const yaml = readYaml(sourceFile, text);
  if (yaml.problems.length > 0) return { narrowing: {}, problems: yaml.problems };
  if (yaml.value === null) return { narrowing: {}, problems: [] };
  const { problems } = check(yaml, [], sourceSchema);
  return { narrowing: rightKeysOf(yaml.value), problems };
}

/** A mistake under one key takes nothing from the others. */
function rightKeysOf(value: unknown): Narrowing {
  if (!(value instanceof Object)) return {};
  const given = value as Readonly<Record<string, unknown>>;
  const right = Object.entries(sourceSchema.shape).filter(
    ([key, schema]) => schema.safeParse(given[key]).success,
  );
  return sourceSchema.parse(
    Object.fromEntries(right.flatMap(([key]) => (key in given ? [[key, given[key]]] : []))),
  );
}

/** The link as its source-git repository narrows it: never does it more than `sluice.yml` says. */
export function narrowed(entry: LinkEntry, { branches, ...given }: Narrowing): LinkEntry {
  const { sensitivePaths = [], afterSourceMerge, labels, ...rest } = camelKeys(given);
  return {
    ...entry,
    ...rest,
    sensitivePaths: [...entry.sensitivePaths, ...sensitivePaths],
    afterSourceMerge: weaker(entry.afterSourceMerge, afterSourceMerge ?? entry.afterSourceMerge),
    // A label can set something off in dist-git.
    ...(labels && {
      labels: labels.filter((prefix) => entry.labels.some((permitted) => prefix.startsWith(permitted))),
    }),
    ...(branches && { onlyBranches: branches }),
  };
}

const strengths: readonly AfterSourceMerge[] = ["keep", "merge-when-green", "merge"];

function weaker(one: AfterSourceMerge, other: AfterSourceMerge): AfterSourceMerge {
  return strengths.indexOf(one) < strengths.indexOf(other) ? one : other;
}
