import { afterEach, describe, expect, it } from "@jest/globals";
import { crossings } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

describe.each(crossings)("dist-git's own changes, source-git on $from, dist-git on $to", (forges) => {
  it("come home in one merge request, and both are in step once it is merged", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);

    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();
    const [home] = sourceGit.mergeRequests();
    expect(home).toMatchObject({
      targetBranch: "main",
      title: "Bring home from dist-git: Change gating.yaml",
    });
    expect(await sourceGit.read(home?.sourceBranch ?? "", ".distro/gating.yaml")).toBe("policy: strict\n");
    expect(statusOf({ sourceGit })).toEqual({
      state: "success",
      description: "brings 1 commit of dist-git home; nothing to mirror",
    });

    await distGit.write("main", { "gating.yaml": "policy: relaxed\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([
      { state: "open", title: "Bring dist-git's changes of main home" },
    ]);
    expect(descriptionOf({ sourceGit })).toMatch(/this brings 2 commits of it home:\n\n(- .*\n){2}\n/);

    await sourceGit.merge({ number: 1 });
    await settle();
    expect(await sourceGit.read("main", ".distro/gating.yaml")).toBe("policy: relaxed\n");
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
    expect(await sourceGit.hasBranch("sluice/from-dist-main")).toBe(false);
    expect(distGit.mergeRequests()).toEqual([]);

    // The next one brings what is new, and nothing again.
    await distGit.write("main", { "rpminspect.yaml": "badwords: []\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([
      { state: "merged" },
      { state: "open", title: "Bring home from dist-git: Change rpminspect.yaml" },
    ]);
  });

  it("are none where they came from source-git, whichever side merges first, and however", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const first = await sourceGit.openMergeRequest();
    await settle();

    // The squash's message has no trailer.
    await distGit.merge(distGit.mergeRequests()[0], { squash: true });
    await settle();
    expect(sourceGit.mergeRequests()).toHaveLength(1);

    await sourceGit.merge(first, { squash: true });
    await settle();
    expect(sourceGit.mergeRequests()).toHaveLength(1);
    expect(sourceGit.comments(first)).toEqual([expect.stringContaining("erged")]);
  });

  it("wait while dist-git holds what is still open in source-git", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const change = await sourceGit.openMergeRequest();
    await settle();
    await distGit.merge(distGit.mergeRequests()[0]);
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toHaveLength(1);
    expect(sourceGit.comments(change)).toEqual([
      expect.stringContaining("comes home once this merge request"),
    ]);

    await sourceGit.merge(change);
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([
      { state: "merged" },
      { state: "open", title: "Bring home from dist-git: Change gating.yaml" },
    ]);
    expect(await sourceGit.read("sluice/from-dist-main", ".distro/gating.yaml")).toBe("policy: strict\n");
  });

  it("that conflict are a draft that says how to resolve it, and people's resolution is left alone", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    await sourceGit.write("main", { ".distro/tests/smoke.sh": "#!/bin/sh\ntally --version\n" });
    await distGit.write("main", { "tests/smoke.sh": "#!/bin/sh\ntally --help\n" });
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    const [home] = sourceGit.mergeRequests();
    expect(home).toMatchObject({ draft: true, state: "open" });
    expect(statusOf({ sourceGit })?.state).toMatch(/fail/);
    const said = descriptionOf({ sourceGit });
    expect(said).toContain("**Needs a hand:**");
    expect(said).toMatch(/Where: `.*tests\/smoke\.sh`/);
    const [, commit = ""] = /"From-dist-git-commit: (\w{40})"/.exec(said) ?? [];
    expect(said).toContain("bin/sluice update-source-git dist-git source-git");

    const resolved = { ".distro/tests/smoke.sh": "#!/bin/sh\ntally --version --help\n" };
    await sourceGit.write("sluice/from-dist-main", resolved, `Do both\n\nFrom-dist-git-commit: ${commit}\n`);
    await settle();
    expect(descriptionOf({ sourceGit })).toMatch(
      /People pushed to this branch.*\n\n- .* Change gating\.yaml/s,
    );

    const last = /clone --branch main \S+ dist-git/.exec(descriptionOf({ sourceGit }));
    expect(last).not.toBeNull();
    const gating =
      /`(\w{12})`\]\(\S+\/(\w{40})\) Change gating/.exec(descriptionOf({ sourceGit }))?.[2] ?? "";
    const rest = { ".distro/gating.yaml": "policy: strict\n" };
    await sourceGit.write("sluice/from-dist-main", rest, `Gate\n\nFrom-dist-git-commit: ${gating}\n`);
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([{ draft: false, state: "open" }]);
    expect(descriptionOf({ sourceGit })).toContain("It holds all of dist-git's changes.");

    // Its trailers are lost, and still nothing comes home twice.
    await sourceGit.merge({ number: 1 }, { squash: true });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
  });
});

function statusOf({ sourceGit }: Pick<World, "sourceGit">) {
  const [home] = sourceGit.mergeRequests();
  const status = home && sourceGit.statuses(home)["sluice"];
  return status && { state: status.state, description: status.description };
}

function descriptionOf({ sourceGit }: Pick<World, "sourceGit">): string {
  return sourceGit.mergeRequests()[0]?.description ?? "";
}
