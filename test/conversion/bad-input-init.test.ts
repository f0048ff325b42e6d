import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones, type Clones } from "./clones.js";
import { newRepository, readme, removeRepositories, spec, type Files } from "./package.js";
import { snapshot } from "./untouched.js";

afterEach(removeClones);
afterEach(removeRepositories);

const patched = spec.replace(/^Source0:.*\n/m, (line) => `${line}Patch1: a.patch\n`);
const patch = (line: number, text: string) =>
  `--- a/README\n+++ b/README\n@@ -${line},1 +${line},1 @@\n-${readme({}).split("\n")[line - 1] ?? ""}\n+${text}\n`;
const good: Files = { "hello.spec": patched, "a.patch": patch(2, "TWO"), sources: "x\n" };

/** A clone of upstream and one of dist-git. */
async function cloneOf(dist: Files): Promise<Clones> {
  const [source, distGit] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", { README: readme({}), "logo.png": Buffer.from([0, 1, 2]) });
  await source.store.flush();
  await source.tag("v1.0");
  await distGit.commit("Import\n", dist);
  return cloneBoth({ source, dist: distGit });
}

function init({ source, dist }: Clones, upstreamRef = "v1.0") {
  return sluice(["init", upstreamRef, source, dist, "--json"]);
}

interface Bad {
  readonly name: string;
  readonly dist?: Files;
  readonly spoil?: (clones: Clones) => Promise<unknown>;
  readonly upstreamRef?: string;
  readonly kind: string;
  readonly message: RegExp;
  readonly where: RegExp;
}

const binary =
  "diff --git a/logo.png b/logo.png\nindex 1..2 100644\nBinary files a/logo.png and b/logo.png differ\n";

const bad: readonly Bad[] = [
  {
    name: "SOURCE is not a repository",
    spoil: ({ source }) => git(["config", "core.repositoryFormatVersion", "99"], { directory: source }),
    kind: "invalid",
    message: /source is not a git repository$/,
    where: /source$/,
  },
  {
    name: "DIST is not a repository",
    spoil: ({ dist }) => git(["config", "core.repositoryFormatVersion", "99"], { directory: dist }),
    kind: "invalid",
    message: /dist is not a git repository$/,
    where: /dist$/,
  },
  {
    name: "a dirty work tree of SOURCE",
    spoil: ({ source }) => writeFile(join(source, "README"), "changed\n"),
    kind: "refused",
    message: /has changes that are not committed$/,
    where: /^README$/,
  },
  {
    name: "a dirty work tree of DIST",
    spoil: ({ dist }) => writeFile(join(dist, "hello.spec"), "changed\n"),
    kind: "refused",
    message: /has changes that are not committed$/,
    where: /^hello\.spec$/,
  },
  {
    name: "an unknown ref",
    upstreamRef: "v9.9",
    kind: "missing",
    message: /v9\.9/,
    where: /./,
  },
  {
    name: "no spec and no debian/",
    dist: { README: "r\n" },
    kind: "invalid",
    message: /neither a spec.*nor debian\/control/,
    where: /[0-9a-f]{12}/,
  },
  {
    name: "a spec without a name",
    dist: { ...good, "hello.spec": patched.replace(/^Name:.*\n/m, "").replace("a.patch", "%{name}.patch") },
    kind: "invalid",
    message: /^the spec has no Name$/,
    where: /^hello\.spec$/,
  },
  {
    name: "two specs",
    dist: { ...good, "other.spec": spec },
    kind: "invalid",
    message: /2 specs.*hello\.spec.*other\.spec/,
    where: /[0-9a-f]{12}$/,
  },
  {
    name: "a patch that does not apply",
    dist: { ...good, "a.patch": patch(2, "TWO").replace("-two", "-zwei") },
    kind: "conflict",
    message: /a\.patch.*hunk|hunk.*a\.patch/,
    where: /README|a\.patch/,
  },
  {
    name: "an unexpandable macro where its value is needed",
    dist: { ...good, "hello.spec": patched.replace("a.patch", "%{nobody_knows}.patch") },
    kind: "unsupported",
    message: /nobody_knows/,
    where: /hello\.spec:\d+/,
  },
  {
    name: "a binary patch without content",
    dist: { ...good, "a.patch": binary },
    kind: "conflict",
    message: /logo\.png/,
    where: /a\.patch/,
  },
];

describe("init refuses, names the place, and writes nothing:", () => {
  it.each(bad.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    const clones = await cloneOf(each.dist ?? good);
    await each.spoil?.(clones);
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await init(clones, each.upstreamRef);

    expect(JSON.parse(stdout)).toEqual({
      error: {
        kind: each.kind,
        message: expect.stringMatching(each.message) as unknown,
        where: expect.stringMatching(each.where) as unknown,
        remedy: expect.anything() as unknown,
      },
    });
    expect(code).toBe(each.kind === "conflict" ? 3 : 1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("a patch of 100 MB, within seconds", async () => {
    const line = `+${"x".repeat(1022)}\n`;
    const count = 101 * 1024;
    const huge = `--- /dev/null\n+++ b/huge\n@@ -0,0 +1,${count} @@\n${line.repeat(count)}`;
    const clones = await cloneOf({ ...good, "a.patch": huge });
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await init(clones);

    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "unsupported" } });
    expect(code).toBe(1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("a file of SOURCE that git does not track, where one is to be written", async () => {
    const clones = await cloneOf(good);
    await mkdir(join(clones.source, ".distro"));
    await writeFile(join(clones.source, ".distro", "hello.spec"), "mine\n");
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await init(clones);

    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "refused" } });
    expect(code).toBe(1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });
});

describe("init takes as it is", () => {
  it("a patch name with a slash: rpm takes its last part, and so nothing outside is read", async () => {
    const clones = await cloneOf({ ...good, "hello.spec": patched.replace("a.patch", "../../a.patch") });
    await writeFile(join(clones.folder, "a.patch"), patch(2, "OUTSIDE"));

    expect((await init(clones)).code).toBe(0);

    expect(await gitText(["show", "HEAD:README"], { directory: clones.source })).toContain("\nTWO\n");
  });

  it("a patch that dist-git does not hold, with a warning", async () => {
    const { code, stdout } = await init(await cloneOf({ "hello.spec": patched }));

    expect(JSON.parse(stdout)).toMatchObject({
      patches: [],
      warnings: ["a.patch is not in dist-git, so its change is left out"],
    });
    expect(code).toBe(0);
  });

  it("a link of dist-git that leaves its folder: as a link", async () => {
    const clones = await cloneOf({ ...good, "escape.conf": { link: "../../../secret" } });

    expect((await init(clones)).code).toBe(0);

    expect(await readlink(join(clones.source, ".distro", "escape.conf"))).toBe("../../../secret");
  });

  it("invalid UTF-8 everywhere, byte for byte", async () => {
    const odd = Buffer.from("caf\xe9\n", "latin1");
    const bytes = (text: string) => Buffer.from(text, "latin1");
    const header =
      "From: Ren\xe9 <rene@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\nSubject: Caf\xe9\n\n";
    const clones = await cloneOf({
      "hello.spec": bytes(patched.replace("Says hello", "Says hell\xf6")),
      "a.patch": bytes(`${header}${patch(2, "tw\xf6")}`),
      "notes\udce9.txt": odd,
    });

    expect((await init(clones)).code).toBe(0);
    const again = await sluice(["update-dist-git", clones.source, clones.dist]);

    expect(again.stdout).toBe("Nothing to do: dist-git is up to date.\n");
    const { stdout } = await git(["show", "HEAD:README"], { directory: clones.source });
    expect(stdout.toString("latin1")).toContain("\ntw\xf6\n");
    expect(await gitText(["status", "--porcelain"], { directory: clones.source })).toBe("");
  });
});
