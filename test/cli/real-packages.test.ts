import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../scripts/real-packages.mjs", import.meta.url));
const patch = `--- hello-1.0/hello.c	2020-01-01 00:00:00.000000000 +0000
+++ hello-1.0/hello.c	2020-01-02 00:00:00.000000000 +0000
@@ -1,3 +1,3 @@
 int main(void)
-{ return 1; }
+{ return 0; }
 /* the end */
`;
const source = "int main(void)\n{ return 1; }\n/* the end */\n";
const spec = `Name: hello
Version: 1.0
Source0: hello-%{version}.tar.gz
Patch0: fix.patch

%prep
%setup -q
%patch -P 0 -p1
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-real-packages-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function writeUpstream(file: string): Promise<void> {
  await write({ "upstreams/hello/hello.c": file });
  const cwd = join(folder, "upstreams/hello");
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  await execa("git", ["init", "-q"], { cwd });
  await execa("git", ["add", "."], { cwd });
  await execa("git", [...identity, "commit", "-q", "-m", "Release"], { cwd });
  await execa("git", ["tag", "HELLO_1_0"], { cwd });
}

async function tryAll(...options: string[]) {
  const args = [script, join(folder, "packages"), join(folder, "upstreams"), ...options];
  return execa("node", args, { reject: false });
}

describe("scripts/real-packages.mjs", () => {
  it("finds the release of a package and prints what held, beside the least possible", async () => {
    await writeUpstream(source);
    await write({ "packages/hello/hello.spec": spec, "packages/hello/fix.patch": patch });
    const { stdout, exitCode } = await tryAll("--json", join(folder, "rows.json"));
    expect(stdout).toMatch(/^hello +1 {2}yes +yes +yes +2\+(\d+)\/(\d+) +0\+2\/2 +2\+7\/9 /m);
    expect(stdout).toMatch(/empty diff after init +1 of 1/);
    expect(exitCode).toBe(0);
    const rows: unknown = JSON.parse(await readFile(join(folder, "rows.json"), "utf8"));
    expect(rows).toMatchObject([{ name: "hello", kind: "rpm", ref: "HELLO_1_0", patches: 1 }]);
  });

  it("makes upstream of what a Debian package holds", async () => {
    await write({
      "upstreams/upstreams.txt": "# none\n",
      "packages/hello/hello.c": source,
      "packages/hello/debian/control": "Source: hello\n\nPackage: hello\nArchitecture: any\n",
      "packages/hello/debian/changelog":
        "hello (1.0-1) unstable; urgency=low\n\n  * First\n\n -- Ada <ada@example.org>  Tue, 14 Nov 2023 23:13:20 +0100\n",
      "packages/hello/debian/source/format": "3.0 (quilt)\n",
      "packages/hello/debian/patches/series": "fix.patch\n",
      "packages/hello/debian/patches/fix.patch": patch,
    });
    const { stdout, exitCode } = await tryAll();
    expect(stdout).toMatch(/^hello +1 {2}yes +yes +yes +1\+\d+\/\d+ +0\+2\/2 /m);
    expect(exitCode).toBe(0);
  });

  it("says why a package does not hold, and ends with 1", async () => {
    await writeUpstream("int main(void)\n{ return 2; }\n");
    await write({ "packages/hello/hello.spec": spec, "packages/hello/fix.patch": patch });
    const { stdout, exitCode } = await tryAll();
    expect(stdout).toMatch(/^hello: init: error: fix\.patch does not apply to HELLO_1_0: hello\.c /m);
    expect(exitCode).toBe(1);
  });
});
