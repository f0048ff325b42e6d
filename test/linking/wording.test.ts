import { expect, it } from "@jest/globals";
import { mirrorDescription, relayedContext } from "../../src/linking/wording/wording.js";

it("a description that is too long for the other forge keeps its way back", () => {
  const mergeRequest = {
    ref: { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 },
    author: { id: 1, login: "robin" },
    description: "😀".repeat(5000),
    webUrl: "https://gitlab.com/src/tally/-/merge_requests/7",
  } as Parameters<typeof mirrorDescription>[0];

  const description = mirrorDescription(mergeRequest, { limit: 1000, author: "`ada`" });

  expect(description.length).toBeLessThanOrEqual(1000);
  expect(description).toContain("(https://gitlab.com/src/tally/-/merge_requests/7)");
  expect(description).toMatch(/😀…\n\n---\n/);
});

it.each([
  ["<details>", /^<(?!!-- \/?sluice)[^\u200b]/m],
  ["```", /^`/m],
  ["- x\n\n  ```\n```", /^ *`/m],
  [`${"x".repeat(500)}\n\`\`\`\n${"y\n".repeat(400)}\`\`\``, /^`/m],
])("a description hides nothing of what stands below it: %j", (written, open) => {
  const mergeRequest = {
    ref: { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 },
    author: { id: 1, login: "robin" },
    description: written,
    webUrl: "https://gitlab.com/src/tally/-/merge_requests/7",
  } as Parameters<typeof mirrorDescription>[0];

  const description = mirrorDescription(mergeRequest, { limit: 1000, author: "`ada`" });

  expect(description.length).toBeLessThanOrEqual(1000);
  expect(description).not.toMatch(open);
  expect(description).toMatch(/\n\n---\n\nMirrored by Sluice from /);
});

it("the name of a job that would look like another's is seen to be none", () => {
  expect(relayedContext("build\u200b")).toBe("dist-git/build\ufffd");
  expect(relayedContext("\u202eliaf\n")).toBe("dist-git/\ufffdliaf\ufffd");
  expect(relayedContext("👩‍💻 überprüfen / fc41")).toBe("dist-git/👩‍💻 überprüfen / fc41");
});
