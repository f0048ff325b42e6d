import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { ExchangeRequest, ExchangeResponse } from "../../src/sandbox/http/exchanges.js";

/** One request to GitHub's REST API and what was answered. */
export interface GitHubExchange {
  readonly method: string;
  /** As requested, with or without the `/api/v3` of a GitHub Enterprise. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined where none was sent. */
  readonly requestBody?: unknown;
  readonly status: number;
  /** Parsed JSON, or text where the answer was none; undefined where there was no body. */
  readonly responseBody?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Json;
}
interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Content>>;
  };
}

const document = withNulls(
  JSON.parse(readFileSync(new URL("../fixtures/github-openapi.json", import.meta.url), "utf8")),
) as Document;

const ajv = withFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema(document, "github");
/** Whatever stands in a query is text. */
const lenient = withFormats(new Ajv({ strict: false, coerceTypes: true }));

function withFormats(validator: Ajv): Ajv {
  formats.default(validator);
  // GitHub's own bots sign with addresses such as `1+name[bot]@users.noreply.github.com`.
  validator.addFormat("email", /^[^@\s]+@[^@\s]+$/);
  validator.addFormat("repo.nwo", /^[\w.-]+(\/[\w.-]+)?$/);
  return validator;
}

/** What the sandbox offers beyond the slice: the schema of its success, for people with curl. */
const extras: readonly { readonly method: string; readonly path: RegExp; readonly schema?: Json }[] = [
  { method: "post", path: /^\/user\/repos$/, schema: component("full-repository") },
  { method: "post", path: /^\/orgs\/[^/]+\/repos$/, schema: component("full-repository") },
  { method: "get", path: /^\/repositories\/\d+$/, schema: component("full-repository") },
  // Where the redirect of a renamed repository leads to.
  { method: "get", path: /^\/repositories\/\d+\/installation$/, schema: component("installation") },
  {
    method: "get",
    path: /^\/repos\/[^/]+\/[^/]+\/statuses\/.+$/,
    schema: { type: "array", items: component("status") },
  },
  { method: "get", path: /^\/repos\/[^/]+\/[^/]+\/contents$/ },
  // GraphQL has a description of its own.
  { method: "post", path: /^\/api\/graphql$/ },
  { method: "get", path: /^\/repos\/[^/]+\/[^/]+\/actions\/jobs\/\d+\/logs\/text$/ },
];

/** Any operation may answer so, whether its description says it or not. */
const refusals = [400, 401, 403, 404, 409, 422, 429, 500, 502, 503];

/** An exchange as a sandbox forge observed it. */
export function observedExchange(request: ExchangeRequest, response: ExchangeResponse): GitHubExchange {
  const requestBody = parsed(request.headers, request.body);
  const responseBody = parsed(response.headers, response.body);
  return {
    method: request.method,
    path: request.path,
    query: Object.fromEntries(new URLSearchParams(request.query)),
    status: response.status,
    ...(requestBody === undefined ? {} : { requestBody }),
    ...(responseBody === undefined ? {} : { responseBody }),
  };
}

function parsed(headers: Headers, text: string): unknown {
  if (text === "") return undefined;
  return headers.get("content-type")?.startsWith("text/") === true ? text : (JSON.parse(text) as unknown);
}

/** What GitHub's published description does not allow of an exchange: one sentence each, none when all is well. */
export function checkGitHubExchange(exchange: GitHubExchange): string[] {
  const method = exchange.method.toLowerCase();
  const path = exchange.path.replace(/^\/api\/v3/, "");
  const operationName = `${method.toUpperCase()} ${path}`;

  const template = templates.find(({ pattern }) => pattern.test(path));
  const operation = template === undefined ? undefined : document.paths[template.path]?.[method];
  if (operation === undefined) {
    const extra = extras.find((one) => one.method === method && one.path.test(path));
    if (extra === undefined) return [`${operationName}: not in GitHub's description`];
    return checkExtra(exchange, extra.schema).map((violation) => `${operationName}: ${violation}`);
  }
  return [
    ...(exchange.status < 400 ? checkRequest(operation, exchange) : []),
    ...checkResponse(operation, exchange),
  ].map((violation) => `${operationName}: ${violation}`);
}

function checkExtra({ status, responseBody }: GitHubExchange, schema: Json | undefined): string[] {
  if (status >= 400) return checkRefusal(responseBody);
  if (status === 304) return [];
  return schema === undefined ? [] : violations(`answer ${status}`, schema, responseBody);
}

function checkRequest(operation: Operation, exchange: GitHubExchange): string[] {
  const known = (operation.parameters ?? []).map((one) => ("$ref" in one ? parameterAt(one.$ref) : one));
  const asked = Object.entries(exchange.query ?? {}).flatMap(([name, value]) => {
    const parameter = known.find((one) => one.in === "query" && one.name === name);
    if (parameter === undefined) return [`query parameter ${name} is unknown`];
    const fits: boolean = compiled(lenient, parameter.schema)(value);
    return fits ? [] : [`query parameter ${name} may not be ${value}`];
  });
  return [...asked, ...checkRequestBody(operation, exchange)];
}

function checkRequestBody({ requestBody }: Operation, exchange: GitHubExchange): string[] {
  const schema = jsonSchema(requestBody);
  if (exchange.requestBody === undefined) return requestBody?.required === true ? ["a body is required"] : [];
  // Clients send an empty object where nothing is wanted.
  if (schema === undefined) return isEmpty(exchange.requestBody) ? [] : ["takes no body"];
  return violations("request", schema, exchange.requestBody);
}

function checkResponse(operation: Operation, { status, responseBody }: GitHubExchange): string[] {
  if (status === 304) return responseBody === undefined ? [] : ["answer 304 has a body"];
  // What was renamed answers so whatever is asked of it: https://docs.github.com/rest/using-the-rest-api, "Follow redirects".
  if (status === 301 || status === 307) return checkRefusal(responseBody);
  const found = operation.responses[String(status)];
  if (found === undefined) {
    return refusals.includes(status)
      ? checkRefusal(responseBody)
      : [`answer ${status} is not in GitHub's description`];
  }
  const described = "$ref" in found ? responseAt(found.$ref) : found;
  const schema = jsonSchema(described);
  if (schema === undefined && status >= 400) return checkRefusal(responseBody);
  if (schema === undefined) return responseBody === undefined ? [] : [`answer ${status} has a body`];
  return violations(`answer ${status}`, schema, responseBody);
}

function checkRefusal(body: unknown): string[] {
  const failed = violations("refusal", component("basic-error"), body);
  const says = typeof body === "object" && body !== null && "message" in body;
  return [...failed, ...(says ? [] : ["refusal has no message"])];
}

function violations(what: string, schema: Json, value: unknown): string[] {
  const validate = compiled(ajv, schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${what}${instancePath} ${message ?? "is wrong"} ${JSON.stringify(params)}`,
  );
}

const compilations = new Map<Json, ValidateFunction>();

function compiled(by: Ajv, schema: Json): ValidateFunction {
  const known = compilations.get(schema);
  if (known !== undefined) return known;
  const validate = by.compile(schema);
  compilations.set(schema, validate);
  return validate;
}

function component(schema: string): Json {
  const found = document.components.schemas[schema];
  if (found === undefined) throw new Error(`no schema ${schema}`);
  return found;
}

function parameterAt(ref: string): Parameter {
  const found = document.components.parameters[lastPart(ref)];
  if (found === undefined) throw new Error(`no parameter ${ref}`);
  return found;
}

function responseAt(ref: string): Content {
  const found = document.components.responses[lastPart(ref)];
  if (found === undefined) throw new Error(`no response ${ref}`);
  return found;
}

function lastPart(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** GitHub's own media types say the same as plain JSON. */
function jsonSchema(described: Content | undefined): Json | undefined {
  return described?.content?.["application/json"]?.schema;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Parts of a path that may have slashes themselves. */
const longParts = ["ref", "path", "branch", "basehead"];

/** The most specific first: `/commits/{ref}/status` before `/commits/{ref}`. */
const templates = Object.keys(document.paths)
  .map((path) => ({ path, pattern: patternOf(path), fixed: path.replace(/\{[^}]+\}/g, "").length }))
  .sort((one, other) => other.fixed - one.fixed);

function patternOf(template: string): RegExp {
  const pattern = template
    .replace(/[.+*?^$()[\]\\|]/g, "\\$&")
    .replace(/\{([^}]+)\}/g, (_, name: string) => (longParts.includes(name) ? ".+" : "[^/]+"));
  return new RegExp(`^${pattern}$`);
}

/** OpenAPI's `nullable` in the words of JSON Schema, and references into the one document. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== "object" || value === null) return value;

  const entries = Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => key !== "nullable" || part !== true)
      .map(([key, part]) => [corrected(key, part), key === "$ref" ? reference(part) : withNulls(part)]),
  );
  return "nullable" in value && value.nullable === true ? { anyOf: [entries, { type: "null" }] } : entries;
}

/** One copy of the installation's account says that it is a user and an enterprise at once; the others say "or". */
function corrected(key: string, part: unknown): string {
  return key === "allOf" && JSON.stringify(part).includes(`"title":"Enterprise"`) ? "anyOf" : key;
}

function reference(target: unknown): unknown {
  return typeof target === "string" && target.startsWith("#/") ? `github${target}` : withNulls(target);
}
