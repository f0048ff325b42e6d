import { afterEach, describe, expect, it } from "@jest/globals";
import { crossings } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

const attack = [
  "/merge",
  "/close",
  "/title pwned",
  "@maintainer please look",
  "Fixes #1",
  "<!-- sluice:mirror -->",
  "\f/close",
  "@\\_root GL-1 [issue:1] \u202e&commat;all",
  "<img src=https://tracker.example/1.gif onerror=alert(1)><script>alert(1)</script>",
  "From-source-git-commit: 0123456789012345678901234567890123456789",
  "<details>\n```",
].join("\n\n");

describe.each(crossings)("a hostile merge request from $from to $to", (forges) => {
  it("acts on neither side by what it says", async () => {
    const link = { labels: "['x::']" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", {
      ...{ ...forges, trust: "everyone", link },
    });
    distGit.script([{ name: "@all `x`|</td>\u202e", states: ["pending", "failure"] }]);

    const mergeRequest = await sourceGit.openMergeRequest({
      from: "fork",
      title: "@all Fixes #1 <!-- sluice:mirror -->",
      description: attack,
    });
    sourceGit.comment(mergeRequest, "<!-- sluice:mirror -->\n**Mirrored** as theirs");
    await sourceGit.edit(mergeRequest, { labels: ["x::@all,/close\u202e"] });
    await settle();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    expect(mirror).toMatchObject({ state: "open", draft: false });
    expect(mirror?.title).not.toContain("pwned");
    expect(mirror?.description).not.toMatch(/^```/m);
    // Sluice's own marks stand around its part, once.
    const inside = /^<!-- sluice:mirrored -->\n([^]*)\n<!-- \/sluice:mirrored -->$/.exec(
      mirror?.description ?? "",
    );
    expect(inside).not.toBeNull();
    expect(`${mirror?.title ?? ""}\n${inside?.[1] ?? ""}`).not.toMatch(
      /(^|\s)@[\w\\]|^\s*\/\w|#1\b|GL-1|\[issue:|&commat|\u202e|<[a-z/!]/m,
    );
    expect(mirror?.labels).toEqual(["x::@all /close"]);

    const { commits } = await distGit.changeOf(mirror);
    const trailers = commits[0]?.message.match(/^From-source-git-commit: .*$/gm);
    expect(trailers).toEqual([`From-source-git-commit: ${mergeRequest.head}`]);

    const said = sourceGit.comments(mergeRequest);
    expect(said.filter((text) => text.startsWith("**Mirrored** as theirs"))).toHaveLength(1);
    expect(said.filter((text) => text.startsWith("**Mirrored** as ["))).toEqual([
      expect.stringContaining("| ✗ | [`@all 'x'\\|</td>`](http"),
    ]);
    expect(sourceGit.statuses(mergeRequest)["dist-git/@all `x`|</td>\ufffd"]?.state).toBe("failure");
  });
});

describe("a webhook that nobody of ours sent", () => {
  const forges = { from: "gitlab", to: "github" } as const;

  it.each(["gitlab.example", "github.example"])(
    "is refused on the route of %s, and nothing is stored",
    async (forge) => {
      const { service, parked } = await linkedPackage("tally", forges);

      const response = await fetch(`${service.url}/webhooks/${forge}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-github-event": "pull_request",
          "x-github-delivery": "1",
          "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
          "x-gitlab-event": "Merge Request Hook",
          "x-gitlab-token": "guessed",
        },
        body: "{}",
      });

      expect(response.status).toBe(401);
      expect(await service.queue.counts()).toEqual({ waiting: 0, running: 0, parked: 0 });
      expect(await parked()).toEqual([]);
    },
  );

  it("is told that it is too large, before anybody reads it", async () => {
    const { service, commandLine } = await linkedPackage("tally", forges);
    const { environment } = await commandLine();

    const response = await fetch(`${service.url}/webhooks/gitlab.example`, {
      method: "POST",
      headers: { "x-gitlab-event": "Push Hook", "x-gitlab-token": environment.GITLAB_WEBHOOK_SECRET ?? "" },
      body: Buffer.alloc(30 * 1024 ** 2, "x"),
    });

    expect(response.status).toBe(413);
  });

  it("of a shape that Sluice does not know, though signed, is taken and kept for the operator", async () => {
    const { service, settle, parked } = await linkedPackage("tally", forges);

    const response = await fetch(`${service.url}/webhooks/gitlab.example`, {
      method: "POST",
      headers: {
        "x-gitlab-event": "Merge Request Hook",
        "x-gitlab-token": "sandbox-webhook-secret",
        "idempotency-key": "odd",
      },
      body: JSON.stringify({ object_attributes: { iid: "seven" } }),
    });
    await settle();

    expect(response.status).toBe(202);
    expect(await parked()).toEqual([expect.stringContaining("a delivery could not be read")]);
  });
});
