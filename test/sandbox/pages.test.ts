import { afterEach, describe, expect, it } from "@jest/globals";
import type { SandboxMergeRequest } from "../../src/sandbox/model.js";
import { type Box, openBox } from "./box.js";

let box: Box;
afterEach(() => box.end());

const page = async (path: string) => (await fetch(box.forge.url + path)).text();

async function openWith(texts: { title: string; description: string }): Promise<SandboxMergeRequest> {
  const contributor = await box.clone("maintainer");
  await contributor.commit("NEWS", "<b>two</b>\n");
  await contributor.git(["push", "--quiet", "origin", "HEAD:change"]);
  const { user } = box.forge.account("maintainer");
  const between = {
    repository: box.repository,
    sourceRepository: box.repository,
    sourceBranch: "change",
    targetBranch: "main",
  };
  const answer = await box.forge.store.openMergeRequest({ ...between, ...texts, draft: false, author: user });
  if (answer.outcome !== "opened") throw new Error(answer.outcome);
  return answer.mergeRequest;
}

describe.each([
  {
    kind: "github",
    mergeRequest: "/team/tally/pull/1",
    commit: "/team/tally/commit/",
    file: "/team/tally/blob/change/NEWS",
  },
  {
    kind: "gitlab",
    mergeRequest: "/team/tally/-/merge_requests/1",
    commit: "/team/tally/-/commit/",
    file: "/team/tally/-/blob/change/NEWS",
  },
] as const)("the pages of $kind", (at) => {
  it("show a merge request with its texts, changes and results at the forge's own address", async () => {
    box = await openBox(at.kind);
    box.forge.ci.script(box.repository, {
      jobs: [{ name: "rpmlint", states: ["pending", "failure"] }],
      stepMilliseconds: 1,
    });
    const mergeRequest = await openWith({ title: "Count on", description: "It **stopped** early." });
    box.forge.store.addComment(mergeRequest, "<!-- mark -->\nMirrored as `x`.", mergeRequest.author);
    await box.forge.settled();

    const shown = await page(at.mergeRequest);
    expect(shown).toContain("Count on");
    expect(shown).toContain("<strong>stopped</strong>");
    expect(shown).toContain("Mirrored as <code>x</code>.");
    expect(shown).not.toContain("mark --");
    expect(shown).toContain("rpmlint");
    expect(shown).toMatch(/failure/);
    expect(shown).toMatch(/<tr class="removed">[^]*?<td>one<\/td>/);
    expect(shown).toMatch(/<tr class="added">[^]*?<td>&lt;b&gt;two&lt;\/b&gt;<\/td>/);
    expect(shown).toContain(at.commit + mergeRequest.head);
    expect(await page("/")).toContain("team/tally");
    expect(await page("/team/tally")).toContain(at.mergeRequest);
  });

  it("show a commit and a file", async () => {
    box = await openBox(at.kind);
    const { head } = await openWith({ title: "Count on", description: "" });

    expect(await page(at.commit + head)).toContain("Change NEWS");
    expect(await page(at.file)).toContain("&lt;b&gt;two&lt;/b&gt;");
    expect((await fetch(`${box.forge.url}${at.file}/none`)).status).toBe(404);
  });

  it("show hostile text as text", async () => {
    box = await openBox(at.kind);
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const mergeRequest = await openWith({
      title: hostile,
      description: `${hostile}\n\n[go](javascript:alert(1))`,
    });
    box.forge.store.addComment(mergeRequest, hostile, mergeRequest.author);
    box.forge.store.addStatus({
      repository: box.repository.id,
      commit: mergeRequest.head,
      ref: undefined,
      pipeline: undefined,
      context: hostile,
      state: "success",
      description: hostile,
      targetUrl: "javascript:alert(1)",
      author: mergeRequest.author,
    });

    const answer = await fetch(box.forge.url + at.mergeRequest);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const shown = await answer.text();
    expect(shown).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(shown).not.toMatch(/<script|<img|href="javascript:/i);
  });
});

describe("the pages", () => {
  it("hide what is private, and show it to a member's token", async () => {
    box = await openBox("gitlab");
    const account = box.forge.account("maintainer");
    await box.forge.store.createRepository({ path: "team/secret", owner: account.user, private: true });

    expect(await page("/")).not.toContain("team/secret");
    expect((await fetch(`${box.forge.url}/team/secret`)).status).toBe(404);
    const authorization = `Bearer ${account.token}`;
    expect((await fetch(`${box.forge.url}/team/secret`, { headers: { authorization } })).status).toBe(200);
  });

  it("load themselves again where the address says so", async () => {
    box = await openBox("github");
    expect(await page("/?refresh=5")).toContain('<meta http-equiv="refresh" content="5"');
    expect(await page("/")).not.toContain("http-equiv");
  });
});
