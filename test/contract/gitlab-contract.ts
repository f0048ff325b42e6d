import { readFileSync } from "node:fs";
import type { ExchangeRequest, ExchangeResponse } from "../../src/sandbox/http/exchanges.js";
import { type Extra, acceptedStatuses, extras, refusals } from "./gitlab-deviations.js";
import { checkEntity } from "./gitlab-entities.js";
import { type TypeNotation, checkOf, isRecord, withoutRemark } from "./gitlab-types.js";

/** One request to GitLab's REST API and what was answered. */
export interface GitLabExchange {
  readonly method: string;
  /** As requested, with `/api/v4`, parts still encoded. */
  readonly path: string;
  /** A parameter that was given more than once is a list; `labels[]` may keep its brackets. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Parsed JSON, or the fields of a form; undefined where nothing was sent. */
  readonly requestBody?: unknown;
  readonly status: number;
  /** Parsed JSON, or text where the answer was none; undefined where there was no body. */
  readonly responseBody?: unknown;
}

type Parameter = TypeNotation & { readonly type: string; readonly required: boolean };
type Parameters = Readonly<Record<string, Parameter>>;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: Parameters;
  readonly body: Parameters;
  readonly responses: Readonly<Record<string, string>>;
  readonly atLeastOne?: readonly string[];
  readonly exactlyOne?: readonly string[];
}

interface Contract {
  readonly operations: readonly Operation[];
}

const { operations } = JSON.parse(
  readFileSync(new URL("../fixtures/gitlab-contract.json", import.meta.url), "utf8"),
) as Contract;

/** What GitLab's published description does not allow of an exchange: one sentence each, none when all is well. */
export function checkGitLabExchange(exchange: GitLabExchange): string[] {
  const method = exchange.method.toUpperCase();
  const name = `${method} ${exchange.path}`;
  const operation = templates.find((one) => one.method === method && one.pattern.test(exchange.path));
  if (operation !== undefined) {
    return [
      ...(exchange.status < 400 ? checkRequest(operation, exchange) : []),
      ...checkResponse(operation, exchange),
    ].map((violation) => `${name}: ${violation}`);
  }
  const extra = extras.find((one) => one.method === method && one.path.test(exchange.path));
  if (extra === undefined) return [`${name}: not in GitLab's description`];
  return checkExtra(extra, exchange).map((violation) => `${name}: ${violation}`);
}

/** An exchange as a sandbox forge observed it. */
export function observedGitLabExchange(request: ExchangeRequest, response: ExchangeResponse): GitLabExchange {
  const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
  const requestBody =
    isForm === true ? fieldsOf(new URLSearchParams(request.body)) : parsed(request.headers, request.body);
  const responseBody = parsed(response.headers, response.body);
  return {
    method: request.method,
    path: request.path,
    query: fieldsOf(new URLSearchParams(request.query)),
    status: response.status,
    ...(requestBody === undefined ? {} : { requestBody }),
    ...(responseBody === undefined ? {} : { responseBody }),
  };
}

/** The pairs of a query or a form; what comes more than once, or is named as a list, is one. */
export function fieldsOf(pairs: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const values = pairs.getAll(name);
      return [name, values.length > 1 || name.endsWith("[]") ? values : values[0]];
    }),
  );
}

function parsed(headers: Headers, text: string): unknown {
  if (text === "") return undefined;
  return headers.get("content-type")?.startsWith("application/json") === true
    ? (JSON.parse(text) as unknown)
    : text;
}

function checkRequest(operation: Operation, { query, requestBody }: GitLabExchange): string[] {
  if (requestBody !== undefined && !isRecord(requestBody)) return ["request is not an object"];
  const asked = withoutBrackets(query ?? {});
  const sent = withoutBrackets(requestBody ?? {});
  // GitLab takes a parameter of the body from the query, too; that is how some clients send it.
  const known = { ...operation.query, ...operation.body };
  return [
    ...checkParameters(asked, known, "query parameter"),
    ...checkParameters(sent, operation.body, "parameter"),
    ...checkPresence(operation, Object.keys({ ...asked, ...sent })),
  ];
}

function withoutBrackets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.replace(/\[\]$/, ""), value]),
  );
}

function checkParameters(
  given: Readonly<Record<string, unknown>>,
  known: Parameters,
  what: string,
): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const parameter = known[name];
    if (parameter === undefined) {
      return name === "private_token" ? [] : [`${what} ${name} is unknown`];
    }
    return checkOf(parameter, () => undefined)(coerced(value, parameter.type), `${what} ${name}`);
  });
}

/** Forms and queries are all text; GitLab reads out of it what it wants. */
function coerced(value: unknown, type: string): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => coerced(one, type.replace("array", "")));
  if (typeof value !== "string") return value;
  if (type.includes("integer") && /^-?\d+$/.test(value)) return Number(value);
  if (type.includes("number") && value !== "" && !Number.isNaN(Number(value))) return Number(value);
  if (type.includes("boolean") && /^(true|t|yes|y|on|1)$/i.test(value)) return true;
  if (type.includes("boolean") && /^(false|f|no|n|off|0)$/i.test(value)) return false;
  if (type.includes("array")) return value.split(",").map((one) => coerced(one, type.replace("array", "")));
  return value;
}

/** The description asks for the line of every commit comment; its transcript calls that a slip of the generator. */
const notReallyRequired = ["line", "line_type"];

function checkPresence({ query, body, ...operation }: Operation, given: readonly string[]): string[] {
  const required = Object.entries({ ...query, ...body })
    .filter(([name, parameter]) => parameter.required && !notReallyRequired.includes(name))
    .map(([name]) => name);
  const { atLeastOne = given, exactlyOne = given.slice(0, 1) } = operation;
  const isAny = given.length === 0 && operation.atLeastOne === undefined;
  return [
    ...required.filter((name) => !given.includes(name)).map((name) => `parameter ${name} is missing`),
    ...(isAny || given.some((name) => atLeastOne.includes(name)) ? [] : ["no parameter is given"]),
    ...(given.length === 0 || given.filter((name) => exactlyOne.includes(name)).length === 1
      ? []
      : [`exactly one of ${exactlyOne.join(", ")} must be given`]),
  ];
}

function checkResponse(operation: Operation, exchange: GitLabExchange): readonly string[] {
  const { status, responseBody } = exchange;
  const accepted = acceptedStatuses[`${operation.method} ${operation.path}`];
  const described = accepted?.[String(status)] ?? operation.responses[String(status)];
  // What has not changed is answered so to who brings its `ETag`, on every route.
  if (status === 304) return responseBody === undefined ? [] : ["answer 304 has a body"];
  // A moved project, whatever is asked of it.
  if (status === 302) return responseBody === undefined ? [] : ["answer 302 has a body"];
  const isKnown = described !== undefined || refusals.includes(status);
  if (!isKnown) return [`answer ${status} is not described`];
  return status >= 400 ? checkRefusal(exchange) : checkAnswer(described ?? "", status, responseBody);
}

function checkAnswer(described: string, status: number, body: unknown): readonly string[] {
  if (status === 204 || status === 202 || /^(No Content|Accepted|empty)/.test(described)) {
    return body === undefined || status === 202 ? [] : [`answer ${status} has a body`];
  }
  if (/^(binary|raw)/.test(described) || described.includes("is the log text")) {
    return isRecord(body) ? ["the answer is not a text"] : [];
  }
  if (body === undefined) return [`answer ${status} has no body`];
  const type = withoutRemark(described);
  const notation = described.includes("; a list)") ? `array<${type}>` : type;
  return checkEntity(notation, body);
}

function checkExtra({ answer }: Extra, exchange: GitLabExchange): readonly string[] {
  if (exchange.status === 304) return [];
  if (exchange.status >= 400) return checkRefusal(exchange);
  if (exchange.status === 304) return [];
  return checkAnswer(answer, exchange.status, exchange.responseBody);
}

/** `message` or `error`; servers in trouble and the limiter answer in plain text. */
function checkRefusal({ status, responseBody }: GitLabExchange): string[] {
  if (status === 429 || status >= 500) return [];
  if (!isRecord(responseBody)) return [`refusal ${status} is not an object`];
  if (typeof responseBody.error === "string" || responseBody.message !== undefined) return [];
  return [`refusal ${status} says neither message nor error`];
}

/** The most specific first: `/pipelines/latest` before `/pipelines/{pipeline_id}`. */
const templates = operations
  .map((operation) => ({
    ...operation,
    pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, "[^/]+")}$`),
    fixed: operation.path.replace(/\{[^}]+\}/g, "").length,
  }))
  .sort((one, other) => other.fixed - one.fixed);
