import { z } from "zod";
import { malformed } from "./errors.js";
import type { Request } from "./http.js";

/** GitLab takes a parameter from the query, a form or a JSON body alike, and reads `"12"` as a number where it wants one. */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
export const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
/** `true`, and what the form of a browser or a client of another language makes of it: `True`, `on`, `yes`, `1`. */
export const flag = z.union([
  z.boolean(),
  text
    .pipe(z.string().regex(/^(?:1|0|t|f|y|n|true|false|yes|no|on|off)$/i))
    .transform((word) => /^(?:1|t|y|true|yes|on)$/i.test(word)),
]);
/** A list, or its entries with commas between. */
export const texts = z.union([
  z.array(text),
  z.string().transform((list) => (list === "" ? [] : list.split(","))),
]);

/** The request's parameters in the wanted shape; GitLab's 400 for what is not. Unknown ones are passed over. */
export async function parameters<T>(c: Request, shape: z.ZodType<T>): Promise<T> {
  const given = { ...fromPairs(new URL(c.req.url).searchParams), ...(await bodyParameters(c)) };
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path: [name], code }) => {
    const field = String(name);
    if (!(field in given)) return `${field} is missing`;
    return code === "invalid_value" ? `${field} does not have a valid value` : `${field} is invalid`;
  });
  throw malformed([...new Set(complaints)].join(", "));
}

async function bodyParameters(c: Request): Promise<Record<string, unknown>> {
  const body = await c.req.text();
  if (body === "") return {};
  if (c.req.header("content-type")?.startsWith("application/x-www-form-urlencoded") === true) {
    return fromPairs(new URLSearchParams(body));
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(parse(body));
  if (!parsed.success) throw malformed("The request body is not a JSON object");
  // As in a form, where nothing can be null: what is null is not given.
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== null));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw malformed("The request body is not valid JSON");
  }
}

/** `labels[]=a&labels[]=b` is a list. */
function fromPairs(pairs: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(pairs.keys())];
  return Object.fromEntries(
    names.map((name): [string, unknown] =>
      name.endsWith("[]") ? [name.slice(0, -2), pairs.getAll(name)] : [name, pairs.getAll(name).at(-1)],
    ),
  );
}
