import { describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { join } from "node:path";
import { checkout } from "../world/program.js";

describe("Sluice, killed in between, with forges that fail, webhooks that get lost and a disk that fills up", () => {
  it("has every pair right in the end, nothing doubled, nothing lost", async () => {
    const chaos = join(checkout, "scripts", "chaos.mjs");
    const { all } = await execa(process.execPath, [chaos, "--short", "--seed", "7"], {
      all: true,
      reject: false,
    });

    expect(all).toContain("every pair is right, nothing is doubled, nothing is lost");
  }, 600_000);
});
