import { afterEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones } from "./clones.js";
import { newPackage, readme, removeRepositories, spec } from "./package.js";
import { snapshot } from "./untouched.js";

afterEach(removeClones);
afterEach(removeRepositories);

/** Bytes that are no UTF-8, as the text of a commit or the name of a file. */
const odd = "caf\udce9";
const oddBytes = Buffer.from("caf\xe9\n", "latin1");

describe("input of unusual size and encoding", () => {
  it("a patch of more than 100 MB is refused by its commit, and nothing is written", async () => {
    const hello = await newPackage();
    const line = `${"x".repeat(1023)}\n`;
    const commit = await hello.source.commit("Huge\n", { "huge.txt": line.repeat(101 * 1024) });
    const clones = await cloneBoth(hello);
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await sluice(["update-dist-git", clones.source, clones.dist, "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      error: { kind: "unsupported", message: expect.stringContaining(commit.slice(0, 12)) as unknown },
    });
    expect(code).toBe(1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("invalid UTF-8 in names, texts, people and files is carried byte for byte", async () => {
    const hello = await newPackage({ distro: { "notes.txt": oddBytes } });
    const oddSpec = Buffer.from(spec.replace("Says hello", "Says hell\xf6"), "latin1");
    await hello.source.commit("Spec\n", { ".distro/hello.spec": oddSpec });
    await hello.dist.commit("Spec\n", { "hello.spec": oddSpec });
    const author = { name: `Ren${odd}`, email: `ren${odd}@example.org`, date: "1700000000 +0100" };
    await hello.source.commit(
      `F${odd}\n\nText ${odd}.\n\nX-Odd: ${odd}\n`,
      { [`d/${odd}.txt`]: oddBytes },
      { author },
    );
    const clones = await cloneBoth(hello);

    const { code } = await sluice(["update-dist-git", clones.source, clones.dist]);

    expect(code).toBe(0);
    const { stdout: names } = await git(["ls-tree", "-z", "--name-only", "HEAD"], { directory: clones.dist });
    const patch =
      names
        .toString("latin1")
        .split("\0")
        .find((name) => name.endsWith(".patch")) ?? "";
    const { stdout: text } = await git(["show", `HEAD:${patch}`], { directory: clones.dist });
    for (const part of ["Ren", "Text "]) expect(text.toString("latin1")).toContain(part);
    expect(text.toString("latin1")).toContain("+caf\xe9\n");
    expect(await readFile(join(clones.dist, "notes.txt"))).toEqual(oddBytes);
    expect((await readFile(join(clones.dist, "hello.spec"))).toString("latin1")).toContain("Says hell\xf6\n");
    const again = await sluice(["update-dist-git", clones.source, clones.dist]);
    expect(again.stdout).toBe("Nothing to do: dist-git is up to date.\n");
  });

  it("10,000 commits since the base are converted, those that need no patch at no cost", async () => {
    const hello = await newPackage();
    await hello.source.store.flush();
    const stream = [];
    for (let count = 1; count <= 10_000; count += 1) {
      const message = `Change ${count}\n`;
      const file = count % 500 === 0 ? `M 100644 inline made/${count}.txt\ndata 2\nx\n` : "";
      stream.push(
        `commit refs/heads/many\ncommitter Ada <ada@example.org> ${1_700_000_000 + count} +0000\n`,
        `data ${message.length}\n${message}`,
        count === 1 ? `from ${hello.source.tip ?? ""}\n` : "",
        `${file}\n`,
      );
    }
    await hello.source.store.git(["fast-import", "--quiet"], { input: stream.join("") });
    hello.source.tip = await hello.source.store.resolve("refs/heads/many");
    await hello.source.commit("Last\n", { README: readme({ 2: "TWO" }) });
    const clones = await cloneBoth(hello);

    const { code, stderr } = await sluice(["update-dist-git", clones.source, clones.dist]);

    expect([code, stderr]).toEqual([0, ""]);
    const files = await gitText(["ls-tree", "--name-only", "HEAD"], { directory: clones.dist });
    expect(files.split("\n").filter((file) => file.endsWith(".patch"))).toHaveLength(21);
    expect(files).toContain("0021-Last.patch");
  });
});
