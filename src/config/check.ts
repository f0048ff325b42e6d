import { z } from "zod";
import type { Path, YamlFile } from "./document.js";
import { nearest, suggestion } from "./nearest.js";
import type { Problem } from "./problem.js";

/** Says of a value in the file what a schema has against it; unknown keys alone do not keep the rest from being used. */
export function check<Shape extends z.ZodRawShape>(
  yaml: YamlFile,
  path: Path,
  schema: z.ZodObject<Shape, z.core.$strict>,
): Checked<z.output<z.ZodObject<Shape>>> {
  const value = valueAt(yaml.value, path);
  const issues = schema.safeParse(value).error?.issues ?? [];
  const { data } = z.object(schema.shape).safeParse(value);
  return { data, problems: issues.flatMap((issue) => problemsOf(issue, { yaml, path, schema })) };
}

export interface Checked<T> {
  readonly data: T | undefined;
  readonly problems: readonly Problem[];
}

/** `links[0].source-git` */
export function keyOf(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

interface Place {
  readonly yaml: YamlFile;
  readonly path: Path;
  readonly schema: z.ZodType;
}

function problemsOf(issue: z.core.$ZodIssue, { yaml, path: base, schema }: Place): Problem[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(yaml, [...path, key], knownKeys(schema, issue.path)));
  }
  const value = valueAt(yaml.value, path);
  if (value === undefined) return [{ where: yaml.where(path), key: keyOf(path), message: "is missing" }];

  const part = issue.code === "custom" && issue.params?.["part"] === "key" ? "key" : "value";
  return [{ where: yaml.where(path, part), key: keyOf(path), ...complaint(issue, value) }];
}

function unknownKey(yaml: YamlFile, path: Path, known: readonly string[]): Problem {
  const word = String(path.at(-1));
  return {
    where: yaml.where(path, "key"),
    key: keyOf(path),
    message: "unknown key",
    remedy: suggestion(word, known),
  };
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let inner: unknown = schema;
  for (const step of path) inner = shapeOf(inner)?.[String(step)];
  return Object.keys(shapeOf(inner) ?? {});
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return shapeOf(schema.unwrap());
  return schema instanceof z.ZodObject ? schema.shape : undefined;
}

function complaint(issue: z.core.$ZodIssue, value: unknown): Pick<Problem, "message" | "remedy"> {
  if (issue.code === "invalid_type") {
    return {
      message: `must be ${article(issue.expected)}, not ${nameOf(value)}`,
      remedy: quoting(issue, value),
    };
  }
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const meant = typeof value === "string" ? nearest(value, allowed) : undefined;
    const remedy = meant === undefined ? undefined : `Did you mean ${meant}?`;
    return { message: `must be one of ${allowed.join(", ")}`, remedy };
  }
  if (issue.code === "too_small" && issue.origin === "number") {
    return { message: `must be at least ${issue.minimum}` };
  }
  if (issue.code === "invalid_union") {
    // The last of the alternatives is the one with the most to say: `never`, or a length of time.
    const last = issue.errors.at(-1)?.[0];
    if (last) return complaint(last, value);
  }
  if (issue.code === "custom") {
    return { message: issue.message, remedy: issue.params?.["remedy"] as string | undefined };
  }
  return { message: issue.message };
}

/** Our words for what YAML holds; the value itself is not shown, as it may be a secret. */
function article(expected: string): string {
  const names: Record<string, string> = {
    string: "text",
    object: "a mapping",
    record: "a mapping",
    array: "a list",
    boolean: "true or false",
    int: "a whole number",
    number: "a number",
  };
  return names[expected] ?? expected;
}

function nameOf(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}

function quoting(issue: z.core.$ZodIssueInvalidType, value: unknown): string | undefined {
  const scalar = typeof value === "number" || typeof value === "boolean";
  return issue.expected === "string" && scalar ? "Put it in quotes." : undefined;
}

/** The value under a path; `undefined` where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      inner instanceof Object ? (inner as Record<string | number, unknown>)[step] : undefined,
    value,
  );
}
