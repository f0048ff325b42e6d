import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Node, type YAMLError } from "yaml";
import { isTooDeep } from "../domain/yaml-depth.js";
import type { Problem } from "./problem.js";

export type Path = readonly (string | number)[];

/** A YAML file that knows on which line each key stands. */
export interface YamlFile {
  readonly value: unknown;
  /** What YAML itself does not understand; `value` is `undefined` then. */
  readonly problems: readonly Problem[];
  /** `sluice.yml:3:5` of the value under a path, or of its nearest parent where there is none. */
  where(path: Path, part?: "key" | "value"): string;
  /** The line of the same. */
  line(path: Path): number;
}

export function readYaml(file: string, text: string): YamlFile {
  if (isTooDeep(text)) return tooDeep(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = document.errors.map((error) => yamlProblem(error, position(error.pos[0])));
  const where = (path: Path, part: "key" | "value" = "value") =>
    position(offsetOf(document.contents, path, part));
  const line = (path: Path) => lines.linePos(offsetOf(document.contents, path, "value")).line;
  if (problems.length > 0) return { value: undefined, problems, where, line };
  return { ...valueOf(() => document.toJS() as unknown, position(0)), where, line };
}

function tooDeep(file: string): YamlFile {
  const problem = { where: file, key: "", message: "it nests too deep to be read" };
  return { value: undefined, problems: [problem], where: () => file, line: () => 1 };
}

function yamlProblem(error: YAMLError, where: string): Problem {
  return { where, key: "", message: `not valid YAML: ${error.message}`, remedy: remedyFor(error.code) };
}

function remedyFor(code: YAMLError["code"]): string | undefined {
  if (code === "DUPLICATE_KEY") return "Name each key once.";
  return 'Patterns with a star need quotes: "c*s".';
}

/** An unquoted `*` begins an alias, which YAML only misses when it builds the value. */
function valueOf(build: () => unknown, where: string): Pick<YamlFile, "value" | "problems"> {
  try {
    return { value: build(), problems: [] };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `not valid YAML: ${error.message}`;
    return { value: undefined, problems: [{ where, key: "", message, remedy: remedyFor("BAD_ALIAS") }] };
  }
}

function offsetOf(root: Node | null, path: Path, part: "key" | "value"): number {
  let offset = 0;
  let node: unknown = root;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    const found: Found | undefined = isMap(node) ? inMap(node.items, step) : inList(node, step);
    if (!found) break;
    offset = startOf(last && part === "value" ? found.value : found.key) ?? startOf(found.key) ?? offset;
    node = found.value;
  }
  return offset;
}

interface Found {
  readonly key: unknown;
  readonly value: unknown;
}

function inMap(items: readonly unknown[], step: string | number): Found | undefined {
  return items
    .filter((item) => isPair(item))
    .find(({ key }) => (isScalar(key) ? String(key.value) : key) === String(step));
}

function inList(node: unknown, step: string | number): Found | undefined {
  if (!(node instanceof Object) || !("items" in node) || !Array.isArray(node.items)) return undefined;
  const value: unknown = node.items[Number(step)];
  return value === undefined ? undefined : { key: value, value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
