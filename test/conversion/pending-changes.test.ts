import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, spec } from "./package.js";
import { bringHome, startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

describe("what source-git changed before dist-git's own commits came home", () => {
  it("reaches dist-git all the same: a file, a new file and the spec", async () => {
    const hello = await startedPackage({
      dist: { "hello.spec": spec, "gating.yaml": "rules: []\n", "README.packaging": "old\n" },
    });
    await hello.source.commit("Gate\n", {
      ".distro/gating.yaml": "rules: [one]\n",
      ".distro/plan.fmf": "discover: fmf\n",
      ".distro/hello.spec": spec.replace("It says hello.", "It says hello, loudly."),
    });
    await hello.dist.commit("Rebuild\n", {
      "hello.spec": spec.replace("Release:        1", "Release:        2"),
      "README.packaging": "new\n",
    });

    await bringHome(hello);
    await hello.convert();

    const files = await hello.dist.files();
    expect(files).toMatchObject({
      "gating.yaml": "rules: [one]\n",
      "plan.fmf": "discover: fmf\n",
      "README.packaging": "new\n",
    });
    expect(files["hello.spec"]).toBe(
      spec
        .replace("It says hello.", "It says hello, loudly.")
        .replace("Release:        1", "Release:        2"),
    );
    expect((await hello.convert()).changed).toBe(false);
  });
});
