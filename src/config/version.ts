import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** The version of this program, from its package.json. */
export function readVersion(): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(packageFile(), "utf8")));
  return version;
}

/** Compiled files lie one folder deeper than sources. */
function packageFile(): URL {
  const places = ["../../package.json", "../../../package.json"].map(
    (path) => new URL(path, import.meta.url),
  );
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error("package.json is missing beside the program");
  return found;
}
