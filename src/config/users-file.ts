import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { ForgeName } from "../domain/refs.js";
import type { Person } from "./configuration.js";
import { keyOf } from "./check.js";
import { readYaml, type YamlFile } from "./document.js";
import { suggestion } from "./nearest.js";
import type { Problem } from "./problem.js";

export interface UsersFile {
  readonly users: readonly Person[];
  readonly problems: readonly Problem[];
}

/** Reads the list of people that a links file names, its path taken from the folder of that file; none named, no people. */
export async function readUsersFile(
  linksFile: string,
  named: string | undefined,
  forges: readonly { readonly name: ForgeName }[],
): Promise<UsersFile> {
  if (named === undefined) return { users: [], problems: [] };
  const file = resolve(dirname(linksFile), named);
  const names = forges.map(({ name }) => name);
  try {
    return checkUsersFile(file, await readFile(file, "utf8"), names);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const remedy = "Its path is relative to the folder of the links file.";
    return {
      users: [],
      problems: [{ where: linksFile, key: "users", message: `${named} cannot be read`, remedy }],
    };
  }
}

const person = z.record(z.string(), z.string().regex(/^[\w][\w.-]*$/));

/** A list of people, each a mapping from forge to login. */
export function checkUsersFile(file: string, text: string, forges: readonly ForgeName[]): UsersFile {
  const yaml = readYaml(file, text);
  if (yaml.problems.length > 0) return { users: [], problems: yaml.problems };
  const list = yaml.value ?? [];
  if (!Array.isArray(list)) {
    const remedy = "Write one line for each person: - { gitlab.com: alice, github.com: alice-gh }.";
    return { users: [], problems: [{ where: yaml.where([]), key: "", message: "must be a list", remedy }] };
  }
  const seen = new Map<string, number>();
  const checked = list.map((value: unknown, index) => ({
    read: person.safeParse(value),
    problems: problemsOf({ yaml, index, value }, { forges, seen }),
  }));
  return {
    users: checked.flatMap(({ read, problems }) =>
      read.success && problems.length === 0 ? [new Map(Object.entries(read.data))] : [],
    ),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

interface Entry {
  readonly yaml: YamlFile;
  readonly index: number;
  readonly value: unknown;
}

function problemsOf(
  { yaml, index, value }: Entry,
  { forges, seen }: { readonly forges: readonly ForgeName[]; readonly seen: Map<string, number> },
): Problem[] {
  const place = (path: readonly (string | number)[], part: "key" | "value" = "value") => ({
    where: yaml.where(path, part),
    key: keyOf(path),
  });
  if (!(value instanceof Object) || Array.isArray(value)) {
    return [{ ...place([index]), message: "must be a mapping from forge to login" }];
  }
  return Object.entries(value).flatMap(([forge, login]): Problem[] => {
    const path = [index, forge];
    if (!forges.includes(forge)) {
      const message = "is not listed under forges";
      return [{ ...place(path, "key"), message, remedy: suggestion(forge, forges) }];
    }
    if (!person.valueType.safeParse(login).success) return [{ ...place(path), message: "not a login" }];
    const account = `${forge}/${String(login).toLowerCase()}`;
    const earlier = seen.get(account);
    seen.set(account, earlier ?? index);
    return earlier === undefined
      ? []
      : [{ ...place(path), message: `is the same account as at ${keyOf([earlier])}` }];
  });
}
