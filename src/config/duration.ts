import { z } from "zod";
import { refuse } from "./refuse.js";

const day = 24 * 60 * 60 * 1000;
const units: Readonly<Record<string, number>> = { day, hour: day / 24, minute: day / 24 / 60 };

/** `30 days`, as milliseconds. */
export const duration = z.string().transform((text, context) => {
  const [, count = "", unit = ""] = /^([1-9]\d{0,4}) (day|hour|minute)s?$/.exec(text) ?? [];
  const milliseconds = Number(count) * (units[unit] ?? 0);
  if (milliseconds > 0) return milliseconds;
  refuse(context, { message: "not a length of time", remedy: "Write 30 days, 12 hours or 90 minutes." });
  return z.NEVER;
});
