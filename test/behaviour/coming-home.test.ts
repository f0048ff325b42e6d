import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/domain/secret.js";
import { git } from "../../src/git/run.js";
import { person } from "../../src/sandbox/package.js";
import { sluice } from "../cli/run.js";
import { inward, outbound, outward } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

describe.each(outbound)("dist-git's own changes, source-git on $from, dist-git on $to", (forges) => {
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
    // A rule that requires dist-git's CI must not hold back what was there first.
    expect(statusOf({ sourceGit }, "dist-git")?.description).toContain("comes from dist-git");
    expect(["success", "skipped"]).toContain(statusOf({ sourceGit }, "dist-git")?.state);

    // People order something there as elsewhere, and hear why nothing comes of it.
    const [ordered, asked] = ["/sluice resync", "/sluice help"].map((order) =>
      home === undefined ? 0 : sourceGit.comment(home, order, "maintainer"),
    );
    await settle();
    expect(home && (await sourceGit.reactions(home, ordered ?? 0))).toEqual(["thumbsdown"]);
    expect(home && (await sourceGit.reactions(home, asked ?? 0))).toEqual(["thumbsup"]);
    const answer = sourceGit.comments({ number: 1 }).at(-1);
    expect(answer).toContain("| `/sluice help` | shows this table |");
    expect(answer).toContain("`/sluice resync`: refused: this brings dist-git's own changes home");

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
});

describe("dist-git's own changes", () => {
  it("are none where they came from source-git, whichever side merges first, and however", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
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
    const { sourceGit, distGit, settle } = await linkedPackage("tally", inward);
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
    const world = await linkedPackage("tally", inward);
    const { sourceGit, distGit, settle } = world;
    await sourceGit.write("main", { ".distro/tests/smoke.sh": "#!/bin/sh\ntally --version\n" });
    await distGit.write("main", { "tests/smoke.sh": "#!/bin/sh\ntally --help\n" });
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    expect(sourceGit.mergeRequests()).toMatchObject([{ draft: true, state: "open" }]);
    expect(statusOf(world)?.state).toBe("failure");
    expect(statusOf(world, "dist-git")?.state).toBe("pending");
    const told = descriptionOf(world);
    expect(told).toMatch(/\*\*Needs a hand:\*\* \.distro\/tests\/smoke\.sh was changed by dist-git/);
    expect(told).toMatch(/dist-git's commit: .* Change tests\/smoke\.sh/);

    await doAsTold(world, { "tests/smoke.sh": "#!/bin/sh\ntally --version --help\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([{ draft: false, state: "open" }]);
    expect(["success", "skipped"]).toContain(statusOf(world, "dist-git")?.state);
    expect(descriptionOf(world)).toContain("It holds all of dist-git's changes.");

    // Nothing of theirs is overwritten; what dist-git has beyond it is told.
    await distGit.write("main", { "rpminspect.yaml": "badwords: []\n" });
    await settle();
    expect(descriptionOf(world)).toMatch(
      /does not hold yet:\n\n- .* Change rpminspect\.yaml\n\nTo add them:/,
    );
    await doAsTold(world, {});
    await settle();
    expect(descriptionOf(world)).toContain("It holds all of dist-git's changes.");

    // Its trailers are lost, and still nothing comes home twice.
    await sourceGit.merge({ number: 1 }, { squash: true });
    await settle();
    expect(await sourceGit.read("main", ".distro/tests/smoke.sh")).toContain("--version --help");
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
  });
});

function statusOf({ sourceGit }: Pick<World, "sourceGit">, context = "sluice") {
  const [home] = sourceGit.mergeRequests();
  const status = home && sourceGit.statuses(home)[context];
  return status && { state: status.state, description: status.description };
}

function descriptionOf({ sourceGit }: Pick<World, "sourceGit">): string {
  return sourceGit.mergeRequests()[0]?.description ?? "";
}

/** The commands of the description, and a person who writes these files of `.distro/` where it asks for a change. */
async function doAsTold(world: World, files: Readonly<Record<string, string>>): Promise<void> {
  const { sourceForge } = world.example;
  const { user, token } = sourceForge.account("maintainer");
  const credentials = { url: sourceForge.url, username: user.login, password: new Secret(token) };
  const directory = await mkdtemp(join(tmpdir(), "sluice-told-"));
  const told = descriptionOf(world).replace(/ \\\n +/g, " ");
  const commands = [...told.matchAll(/^ {4}(?!#)(.*)$/gm)].map(([, line]) => line ?? "");
  expect(commands.at(0)).toMatch(/^git clone/);
  for (const command of commands) {
    const [program, ...args] = [...command.matchAll(/"([^"]*)"|\S+/g)].map(
      ([word, quoted]) => quoted ?? word,
    );
    if (program === "git") await git(args, { directory, credentials, environment });
    else
      await sluice([args[0] ?? "", ...args.slice(1).map((folder) => join(directory, folder))], {
        env: environment,
      });
    if (args[2] !== "show") continue;
    for (const [file, text] of Object.entries(files)) {
      await writeFile(join(directory, "source-git", ".distro", file), text);
    }
  }
  await rm(directory, { recursive: true });
}

const environment = person("Ines Novak", "ines@distro.example", "2026-11-04T10:00:00+01:00");
