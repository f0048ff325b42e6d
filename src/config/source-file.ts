import type { z } from "zod";
import { camelKeys } from "./camel.js";
import { check } from "./check.js";
import type { LinkEntry } from "./configuration.js";
import { readYaml } from "./document.js";
import type { Problem } from "./problem.js";
import { sourceSchema } from "./source-schema.js";

/** Where a source-git repository narrows its link. */
export const sourceFile = ".sluice.yml";

/** Characters that it may have; YAML of many keys takes the square of their number. */
const longest = 20_000;

/** What `.sluice.yml` says, as far as it is right, and everything that is wrong with it. */
export interface SourceFile {
  readonly narrowing: Narrowing;
  readonly problems: readonly Problem[];
}

export type Narrowing = z.output<typeof sourceSchema>;

export function checkSourceFile(text: string): SourceFile {
  if (text.length > longest) return tooLong;
  const yaml = readYaml(sourceFile, text);
  if (yaml.problems.length > 0) return { narrowing: {}, problems: yaml.problems };
  if (yaml.value === null) return { narrowing: {}, problems: [] };
  const { problems } = check(yaml, [], sourceSchema);
  return { narrowing: rightKeysOf(yaml.value), problems };
}

const tooLong: SourceFile = {
  narrowing: {},
  problems: [{ where: sourceFile, key: "", message: `it has more than ${longest} characters` }],
};

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

/** The link as its source-git repository narrows it: never does it more, or tells more, than `sluice.yml` says. */
export function narrowed(entry: LinkEntry, { branches, ...given }: Narrowing): LinkEntry {
  const { sensitivePaths = [], labels, ...wanted } = camelKeys(given);
  return {
    ...entry,
    ...wanted,
    sensitivePaths: [...entry.sensitivePaths, ...sensitivePaths],
    results: weaker(["one", "pipelines", "jobs"], entry.results, wanted.results),
    afterSourceMerge: weaker(
      ["keep", "merge-when-green", "merge"],
      entry.afterSourceMerge,
      wanted.afterSourceMerge,
    ),
    afterDistMerge: weaker(["comment", "close", "merge"], entry.afterDistMerge, wanted.afterDistMerge),
    // What dist-git changed by itself may be for no eyes in source-git.
    distChanges: weaker(["ignore", "merge-request"], entry.distChanges, wanted.distChanges),
    // A label can set something off in dist-git.
    ...(labels && {
      labels: labels.filter((prefix) => entry.labels.some((permitted) => prefix.startsWith(permitted))),
    }),
    ...(branches && { onlyBranches: branches }),
  };
}

/** Of both what stands first in the order; the link's own where nothing else is wanted. */
function weaker<T>(order: readonly T[], own: T, wanted: T = own): T {
  return order.indexOf(own) < order.indexOf(wanted) ? own : wanted;
}
