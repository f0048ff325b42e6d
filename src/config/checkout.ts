import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder that Sluice runs from, without a final slash: its package.json, `bin/` and `test/fixtures/` are there. */
export function checkoutFolder(): string {
  // Sources lie at another depth than what is compiled or bundled of them.
  for (let folder = new URL(".", import.meta.url); folder.pathname !== "/"; folder = new URL("..", folder)) {
    if (existsSync(new URL("package.json", folder))) return fileURLToPath(folder).replace(/[/\\]$/, "");
  }
  throw new Error("package.json is missing beside the program");
}
