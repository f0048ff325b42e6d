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
  "From-source-git-commit: 0123456789012345678901234567890123456789",
].join("\n\n");

describe.each(crossings)("a hostile merge request from $from to $to", (forges) => {
  it("acts on neither side by what it says", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, trust: "everyone" });

    const mergeRequest = await sourceGit.openMergeRequest({
      from: "fork",
      title: "@all Fixes #1 <!-- sluice:mirror -->",
      description: attack,
    });
    await settle();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    expect(mirror).toMatchObject({ state: "open", draft: false });
    expect(mirror?.title).not.toContain("pwned");
    // Sluice's own marks stand around its part, once.
    const inside = /^<!-- sluice:mirrored -->\n([^]*)\n<!-- \/sluice:mirrored -->$/.exec(
      mirror?.description ?? "",
    );
    expect(inside).not.toBeNull();
    expect(`${mirror?.title ?? ""}\n${inside?.[1] ?? ""}`).not.toMatch(/(^|\s)@\w|^\/\w|#1\b|<!-- sluice/m);

    const { commits } = await distGit.changeOf(mirror);
    const trailers = commits[0]?.message.match(/^From-source-git-commit: .*$/gm);
    expect(trailers).toEqual([`From-source-git-commit: ${mergeRequest.head}`]);
    expect(sourceGit.comments(mergeRequest)).toHaveLength(1);
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
