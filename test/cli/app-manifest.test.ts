import { expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const manifest = z.object({
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

function fileOfCheckout(name: string): Promise<string> {
  return readFile(new URL(`../../${name}`, import.meta.url), "utf8");
}

/** The README says `commit statuses: write` where the manifest says `statuses: write`. */
const names: Readonly<Record<string, string>> = {
  metadata: "metadata",
  contents: "contents",
  pull_requests: "pull requests",
  statuses: "commit statuses",
  checks: "checks",
  actions: "actions",
};

it("app.yml asks for the permissions whose reasons the README gives, and for no others", async () => {
  const { default_permissions: asked } = manifest.parse(parse(await fileOfCheckout("app.yml")));
  const explained = [
    ...(await fileOfCheckout("README.md")).matchAll(/^\| ([a-z ]+: (?:read|write)) +\| \S/gm),
  ];

  expect(Object.entries(asked).map(([name, right]) => `${names[name] ?? name}: ${right}`)).toEqual(
    explained.map(([, permission]) => permission),
  );
});
