import { afterEach, describe, expect, it } from "@jest/globals";
import { describeForge, sandboxText } from "../../src/sandbox/describe.js";
import { type Box, openBox } from "./box.js";

let box: Box;
afterEach(() => box.end());

describe("what a sandbox says of itself", () => {
  it("is enough to drive it by hand", async () => {
    box = await openBox("github");
    const text = sandboxText({ forges: [box.forge] });

    expect(text).toContain(`${box.forge.url}/api/v3`);
    expect(text).toContain(box.forge.account("sluice-bot").token);
    expect(text).toContain(box.forge.cloneUrl(box.repository));
    expect(text).toContain(box.forge.app?.app.webhookSecret ?? "no secret");
  });

  it("leaves the private key to programs", async () => {
    box = await openBox("github");

    expect(sandboxText({ forges: [box.forge] })).not.toContain("PRIVATE KEY");
    expect(JSON.stringify(describeForge(box.forge))).toContain("PRIVATE KEY");
  });
});
