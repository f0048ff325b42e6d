import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec } from "./package.js";
import { readmePatch } from "./quilt-package.js";
import { bringHome } from "./round-trip.js";

afterEach(removeRepositories);

const shell = "%(echo nine).patch";
const patched = spec.replace("tar.gz\n", `tar.gz\n# Ours\nPatch3:         ${shell}\n`);
const nine = { "hello.spec": patched, "nine.patch": readmePatch(9, "NINE") };
const one = { README: readme({ 1: "ONE" }) };

/** In step, then dist-git names a patch by shell. */
async function withShell() {
  const hello = await newPackage({ spec: patched, dist: nine });
  await hello.source.commit("One\n", one);
  return hello;
}

describe("a patch whose name is written in shell, which nobody executes", () => {
  it("keeps its line and its file, with a warning that names the line", async () => {
    const hello = await withShell();
    const { warnings } = await hello.convert();
    expect(warnings).toContain(
      "hello.spec:9 stays as it is, with the file that it names, which cannot be known: the macro %(echo nine) would run a shell",
    );
    const text = await hello.dist.file("hello.spec");
    expect(text).toBe(patched.replace(`${shell}\n`, `${shell}\nPatch4:         0001-One.patch\n`));
    expect(await hello.dist.file("nine.patch")).toBe(nine["nine.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("stays when the patch of a commit goes, which another line names", async () => {
    const hello = await withShell();
    const packaging = (await hello.source.store.readCommit(hello.source.tip ?? "")).parents;
    await hello.convert();
    await hello.source.commit("Nothing\n", {}, { parents: packaging });
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(patched);
    expect(await hello.patchFiles()).toEqual(["nine.patch"]);
  });

  it("stops a conversion that would change the file that it may name", async () => {
    const hello = await withShell();
    await hello.source.commit("Nine\n\nPatch-name: nine.patch\n", { README: readme({ 1: "ONE", 9: "9" }) });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: "the macro %(echo nine) would run a shell, and its value is needed here",
      where: "hello.spec:9",
    });
  });

  it("does not keep dist-git's other changes from coming home", async () => {
    const hello = await withShell();
    await hello.convert();
    await hello.dist.commit("Configure\n", { "hello.conf": "a\n" });
    await bringHome(hello);
    expect(await hello.source.file(".distro/hello.conf")).toBe("a\n");
    expect((await hello.convert()).changed).toBe(false);
  });
});
