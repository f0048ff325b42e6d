import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

type JsonObject = Readonly<Record<string, unknown>>;

interface Example {
  readonly name: string;
  readonly examples: readonly JsonObject[];
}

/** What is known of one place in a payload from the examples that have it. */
interface Shape {
  readonly types: ReadonlySet<string>;
  readonly keys: ReadonlyMap<string, Shape>;
  /** Keys that no example of an object at this place lacks. */
  readonly always: readonly string[];
  readonly items: Shape | undefined;
}

const require = createRequire(import.meta.url);
const examples = ["api.github.com", "ghes-35"].flatMap(
  (edition) =>
    JSON.parse(
      readFileSync(require.resolve(`@octokit/webhooks-examples/${edition}/index.json`), "utf8"),
    ) as Example[],
);

/** Objects whose keys are names of rights, of which each app has its own. */
const openObjects = [/\.app\.permissions$/];

/** No example shows these, though GitHub's documentation has them. */
const beyondExamples = [
  // None of the pull_request examples is an edit.
  /^pull_request\.changes/,
  // No issue of the examples is a pull request.
  /^issue_comment\.issue\.pull_request/,
  // Every event has it when an app receives it.
  /^\w+\.installation/,
  // Newer than the examples; the REST description requires both.
  /\.has_discussions$/,
  /\.verification\.verified_at$/,
];

/** Only repositories of an organisation have it, as those of these examples. */
const ofOrganisations = [/^\w+\.organization$/];

/**
 * How a webhook's payload differs from the published examples of its event: keys that they have not, values of another
 * type, and keys that every example of the action has and the payload has not. Null is welcome everywhere.
 */
export function checkGitHubWebhook(event: string, payload: JsonObject): string[] {
  const ofEvent = examples.filter(({ name }) => name === event).flatMap((one) => one.examples);
  if (ofEvent.length === 0) return [`GitHub has no event ${event}`];
  const ofAction = ofEvent.filter(({ action }) => action === payload["action"]);
  const allowed = shapeOf(ofEvent);
  const required = shapeOf(ofAction.length > 0 ? ofAction : ofEvent);
  return [...unexpected(allowed, payload, event), ...missing(required, payload, event)];
}

function unexpected(shape: Shape, value: unknown, path: string): string[] {
  if (value === null || beyondExamples.some((pattern) => pattern.test(path))) return [];
  const type = typeOf(value);
  const known = [...shape.types].filter((one) => one !== "null");
  // Where every example has null, nothing is known.
  if (known.length === 0) return [];
  if (!known.includes(type)) return [`${path} is ${type}, not ${known.join(" or ")}`];
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined ? [] : value.flatMap((item) => unexpected(items, item, `${path}[]`));
  }
  if (!isObject(value) || openObjects.some((pattern) => pattern.test(path))) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const inner = shape.keys.get(key);
    if (inner === undefined && !beyondExamples.some((pattern) => pattern.test(`${path}.${key}`))) {
      return [`${path}.${key} is in no example`];
    }
    return inner === undefined ? [] : unexpected(inner, part, `${path}.${key}`);
  });
}

function missing(shape: Shape, value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined ? [] : value.flatMap((item) => missing(items, item, `${path}[]`));
  }
  if (!isObject(value) || openObjects.some((pattern) => pattern.test(path))) return [];
  const absent = shape.always
    .filter((key) => !(key in value) && !ofOrganisations.some((pattern) => pattern.test(`${path}.${key}`)))
    .map((key) => `${path}.${key} is missing`);
  const inside = Object.entries(value).flatMap(([key, part]) => {
    const inner = shape.keys.get(key);
    return inner === undefined ? [] : missing(inner, part, `${path}.${key}`);
  });
  return [...absent, ...inside];
}

function shapeOf(values: readonly unknown[]): Shape {
  const objects = values.filter(isObject);
  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  const items = values.filter((value) => Array.isArray(value)).flat();
  return {
    types: new Set(values.map(typeOf)),
    keys: new Map(
      [...keys].map((key) => [
        key,
        shapeOf(objects.filter((object) => key in object).map((object) => object[key])),
      ]),
    ),
    always: [...keys].filter((key) => objects.every((object) => key in object)),
    items: items.length === 0 ? undefined : shapeOf(items),
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
