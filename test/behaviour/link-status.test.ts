import { afterEach, describe, expect, it } from "@jest/globals";
import { openLookout, openOperations, startService } from "../../src/app.js";
import { type Ran, sluice } from "../cli/run.js";
import { inward, outward } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

describe("`sluice status` of a link", () => {
  it("says of each branch who is ahead, and what brings dist-git's changes home", async () => {
    const world = await linkedPackage("tally", outward);
    const { sourceGit, distGit, settle } = world;
    await sourceGit.createBranch("next");
    await distGit.createBranch("next");
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    const { code, stdout } = await status(world, `${outward.from}.example/src/tally`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\w+\.example\/src\/tally main -> \w+\.example\/rpms\/tally main\n {2}dist-git is ahead by 1 commit: \w{12} Change gating\.yaml\n {2}comes home by http\S+\/1\n/m,
    );
    expect(stdout).toMatch(/tally next -> \S+ next\n {2}in step since \w{12} and \w{12}\n/);

    await sourceGit.merge({ number: 1 });
    await settle();
    const merged = await status(world, `${outward.to}.example/rpms/tally`, "--branch", "main", "--json");
    expect(JSON.parse(merged.stdout)).toMatchObject([{ state: "in-step", home: null, problem: null }]);
  });

  it("names what it does not know", async () => {
    const world = await linkedPackage("tally", inward);

    const unlinked = await status(world, `${inward.from}.example/src/other/deep`);
    expect([unlinked.code, unlinked.stderr]).toEqual([
      1,
      expect.stringContaining("no link has the repository"),
    ]);
    for (const side of [`${inward.from}.example/src/tally`, `${inward.to}.example/rpms/tally`]) {
      const missing = await status(world, side, "--branch", "none");
      expect([missing.code, missing.stdout]).toEqual([1, ""]);
      expect(missing.stderr).toMatch(
        /source-git has no branch none\n +in \w+\.example\/src\/tally\n.*linked branch of source-git: main\./,
      );
    }
    const unknown = await status(world, "elsewhere.example/src/tally");
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  });
});

async function status(world: World, ...args: string[]): Promise<Ran> {
  const { file, environment } = await world.commandLine();
  const loadService = () => Promise.resolve({ startService, openLookout, openOperations });
  return sluice(["status", "--config", file, ...args], { env: environment, loadService });
}
