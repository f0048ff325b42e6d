import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { checkoutFolder } from "./checkout.js";

/** The version of this program, from its package.json. */
export function readVersion(): string {
  const text = readFileSync(join(checkoutFolder(), "package.json"), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  return version;
}
