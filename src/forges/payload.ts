import type { z } from "zod";
import { OperatorError } from "../domain/errors.js";

/** A payload in the wanted shape; throws `OperatorError` that names the first field which is not. */
export function parsePayload<T>(schema: z.ZodType<T>, payload: unknown, whose: string): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "the whole";
  throw new OperatorError(
    `${whose} has an unknown shape at ${field}: ${issue?.message ?? "not as expected"}`,
  );
}

/** The JSON of a webhook's body; throws `OperatorError` when it is none. */
export function parseJson(body: string, whose: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    const hint = body.startsWith("payload=") ? "; set the hook's content type to application/json" : "";
    throw new OperatorError(`${whose} is not JSON${hint}`);
  }
}
