import type { z } from "zod";
import type { Refusal } from "./patterns.js";

/** What a schema refuses, with the way out beside the message; at the value, or at the key itself. */
export function refuse(
  context: z.core.$RefinementCtx,
  refusal: Refusal,
  at: { path?: (string | number)[]; part?: "key" } = {},
): void {
  const params = { remedy: refusal.remedy, part: at.part };
  context.addIssue({ code: "custom", message: refusal.message, params, path: at.path ?? [] });
}
