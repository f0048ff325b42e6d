import { afterEach, describe, expect, it } from "@jest/globals";
import { inbound, outbound } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(outbound)("commands in comments, source-git on $from, dist-git on $to", (forges) => {
  it("run failed CI jobs of dist-git again, or the one that is named, and say so", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    distGit.script([
      { name: "build", states: ["pending", "success"] },
      { name: "rpmlint", states: ["pending", "failure"] },
    ]);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    distGit.script([
      { name: "build", states: ["pending", "failure"] },
      { name: "rpmlint", states: ["pending", "success"] },
    ]);

    const retry = sourceGit.comment(mergeRequest, "/sluice retry", "maintainer");
    await settle();
    expect(await sourceGit.reactions(mergeRequest, retry)).toEqual(["thumbsup"]);
    expect(sourceGit.statuses(mergeRequest)["dist-git/rpmlint"]).toMatchObject({ state: "success" });
    expect(sourceGit.statuses(mergeRequest)["dist-git/build"]).toMatchObject({ state: "success" });
    expect(sourceGit.comments(mergeRequest).at(-1)).toBe("`/sluice retry`: runs again: `rpmlint`.");

    sourceGit.comment(mergeRequest, "/sluice retry dist-git/build", "maintainer");
    await settle();
    expect(sourceGit.statuses(mergeRequest)["dist-git/build"]).toMatchObject({ state: "failure" });
  });

  it("of people without the right are refused, and told which right is missing", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    const comment = sourceGit.comment(mergeRequest, "/sluice close\n/sluice frobnicate");
    await settle();

    expect(await sourceGit.reactions(mergeRequest, comment)).toEqual(["thumbsdown"]);
    expect(sourceGit.comments(mergeRequest).at(-1)).toMatch(
      /`\/sluice close`: refused: it takes write access to this repository, or to be the author[^]*frobnicate` is no command/,
    );
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
  });

  it("close the dist-git side, and make a new one, on either side", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    sourceGit.comment(mergeRequest, "/sluice close", "maintainer");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);
    expect(sourceGit.comments(mergeRequest)[0]).toContain("**Stopped.**");

    distGit.comment(distGit.mergeRequests()[0], "/sluice recreate");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }, { state: "open" }]);
    expect(sourceGit.comments(mergeRequest)[0]).toContain(distGit.mergeRequests()[1]?.webUrl);
  });

  it("pause and resume what is carried over", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const before = distGit.mergeRequests()[0]?.head;

    sourceGit.comment(mergeRequest, "/sluice pause", "maintainer");
    await settle();
    const pushed = await sourceGit.push(mergeRequest, { "NEWS.md": "Sums no longer overflow.\n" });
    await settle();
    expect(distGit.mergeRequests()[0]?.head).toBe(before);
    expect(sourceGit.statuses(pushed)["sluice"]).toMatchObject({
      state: "pending",
      description: "paused by maintainer",
    });

    sourceGit.comment(mergeRequest, "/sluice resume", "maintainer");
    await settle();
    expect(distGit.mergeRequests()[0]?.head).not.toBe(before);
    expect(sourceGit.statuses(pushed)["sluice"]).toMatchObject({ state: "success" });
  });

  it("say where a pair stands, and what can be said", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    // One after the other at once: neither takes the place of the other's answer.
    sourceGit.comment(mergeRequest, "Where is it?\n\n/sluice status\n/sluice help");
    sourceGit.comment(mergeRequest, "/sluice retry", "maintainer");
    await settle();

    const answers = sourceGit.comments(mergeRequest).filter((text) => text.startsWith("`/sluice"));
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    expect(answer).toMatch(/^`\/sluice retry`: nothing to run again[^]*<summary>Answered before<\/summary>/);
    expect(answer).toContain(`mirrored up to ${mergeRequest.head.slice(0, 12)}; state: open.`);
    expect(answer).toContain("| `/sluice trust` |");
  });

  it("do nothing when they are edited in later", async () => {
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const comment = sourceGit.comment(mergeRequest, "Looks good.", "maintainer");
    clock.pass(60);
    sourceGit.editComment(comment, "/sluice close");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(await sourceGit.reactions(mergeRequest, comment)).toEqual([]);
  });

  it("do nothing where they are quoted, mailed or written by a program", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const answered = "/sluice close\n\nOn Sat, 21 Nov 2026, Robin wrote:\n> Is it needed?";
    const said = [
      sourceGit.comment(mergeRequest, "> /sluice close\n\nWhy that?", "maintainer"),
      sourceGit.mailComment(mergeRequest, answered),
      sourceGit.commentByBot(mergeRequest, "/sluice close"),
    ];
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    for (const comment of said) expect(await sourceGit.reactions(mergeRequest, comment)).toEqual([]);
  });

  it("are written as sluice.yml wants it, and given by whom it lets", async () => {
    const commands = "{ prefix: /bot, rights: { status: { access: write, author: false } } }";
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, commands });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.comments(mergeRequest)[0]).toContain("`/bot help` lists all");

    sourceGit.comment(mergeRequest, "/sluice close", "maintainer");
    sourceGit.comment(mergeRequest, "/bot help\n/bot status");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    const answer = sourceGit.comments(mergeRequest).at(-1);
    expect(answer).toMatch(/^\| `\/bot status` \| .* \| write access \|$/m);
    expect(answer).toMatch(
      /`\/bot status`: refused: it takes write access to this repository, and yours is \w+\.$/,
    );
  });
});

describe.each(inbound)("trust, source-git on $from, dist-git on $to", (forges) => {
  it("is for one commit: a later push has to be looked at anew", async () => {
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest)[0]).toContain(`/sluice trust ${mergeRequest.head}`);

    clock.pass(60);
    sourceGit.comment(mergeRequest, "/sluice trust", "maintainer");
    await settle();
    const trusted = distGit.mergeRequests()[0]?.head;
    expect(distGit.mergeRequests()).toHaveLength(1);

    const pushed = await sourceGit.push(mergeRequest, { "NEWS.md": "Now with a surprise.\n" });
    await settle();
    expect(distGit.mergeRequests()[0]?.head).toBe(trusted);
    expect(sourceGit.comments(pushed)[0]).toContain(`/sluice trust ${pushed.head}`);
  });

  it("is not for a head that moved between the look and the word", async () => {
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    clock.pass(60);
    const pushed = await sourceGit.push(mergeRequest, { "NEWS.md": "Now with a surprise.\n" });
    const comment = sourceGit.comment(mergeRequest, `/sluice trust ${mergeRequest.head}`, "maintainer");
    await settle();

    expect(distGit.mergeRequests()).toEqual([]);
    expect(await sourceGit.reactions(mergeRequest, comment)).toEqual(["thumbsdown"]);
    expect(sourceGit.comments(mergeRequest).at(-1)).toContain(
      `the head is ${pushed.head.slice(0, 12)} by now`,
    );
  });

  it("cannot be given by the one who needs it", async () => {
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    clock.pass(60);
    sourceGit.comment(mergeRequest, "/sluice trust");
    await settle();
    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest).at(-1)).toContain("refused: it takes write access");
  });
});
