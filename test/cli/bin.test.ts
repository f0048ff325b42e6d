import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const program = join(checkout, "bin", "sluice");

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-bin-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("bin/sluice", () => {
  it("is executable and passes the exit code on", async () => {
    expect((await execa(program, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
    expect((await execa(program, ["nonsense"], { reject: false })).exitCode).toBe(2);
  });

  it("may be cut short by who reads it", async () => {
    const { stdout, stderr } = await execa("sh", ["-c", `"${program}" --help | head -n 1`]);

    expect(stdout).toBe("Usage: sluice [options] [command]");
    expect(stderr).toBe("");
  });

  it("names sources in a stack trace, not the bundle made of them", async () => {
    const args = ["--debug", "update-dist-git", join(directory, "missing"), directory];

    const { stderr } = await execa(program, args, { reject: false });

    expect(stderr).toMatch(/ at \w+ \(\/.*\/src\/git\/[\w-]+\.ts:\d+:\d+\)/);
    expect(stderr).not.toContain("dist/program");
  });

  it("says what to do where nothing was built", async () => {
    const copy = await copyOf("bin");

    const ran = await execa(join(copy, "bin", "sluice"), { reject: false });

    expect(ran.stderr).toBe("error: Sluice is not built yet\n  Run npm ci in its checkout first.");
    expect(ran.exitCode).toBe(1);
  });

  it("takes back the code that was kept of conversions when it was built", async () => {
    const asks = `const { loadCompiled } = require(${JSON.stringify(join(checkout, "bin", "compiled.js"))});
      console.log(loadCompiled(${JSON.stringify(join(checkout, "dist", "program"))}).script.cachedDataRejected);`;

    // With the flags of V8 that people have, not those of the test.
    const { stdout } = await execa(process.execPath, ["-e", asks], { env: { NODE_OPTIONS: "" } });

    expect(stdout).toBe("false");
  });

  it("converts without kept code where it is damaged or gone", async () => {
    const copy = await copyOf("bin", "package.json", join("dist", "program"));
    const kept = join(copy, "dist", "program", "compiled.bin");
    const code = await readFile(kept);
    const usage = async () => (await execa(join(copy, "bin", "sluice"), ["init", "--help"])).stdout;

    await writeFile(kept, code.fill(0x55, code.length / 2, code.length / 2 + 400));
    expect(await usage()).toContain("Usage: sluice init");
    await rm(kept);
    expect(await usage()).toContain("Usage: sluice init");
  });

  it("runs a sandbox with an example that serve takes as it is, and both stop when they are told to", async () => {
    const box = join(directory, "box");
    const sandbox = execa(program, ["sandbox", "--example", "--json", "--directory", box]);
    const { forges, example } = (await firstJson(sandbox.stdout)) as {
      forges: { name: string }[];
      example: { configuration: string; environment: string };
    };
    const variables = Object.fromEntries(
      [...(await readFile(example.environment, "utf8")).matchAll(/^(\w+)='(.*)'$/gm)].map(([, k, v]) => [
        k,
        v,
      ]),
    ) as Record<string, string>;

    const serve = execa(program, ["serve", "--json", "--port", "0", "-c", example.configuration], {
      env: { ...variables, HOST: "127.0.0.1" },
    });
    const { webhooks } = (await firstJson(serve.stdout)) as { webhooks: Record<string, string> };
    const [forged = ""] = Object.values(webhooks);
    const unsigned = await fetch(forged, { method: "POST", body: "{}" });
    serve.kill("SIGTERM");
    sandbox.kill("SIGINT");

    expect(forges.map(({ name }) => name)).toEqual(["gitlab.local", "github.local"]);
    expect(Object.keys(webhooks)).toEqual(["gitlab.local", "github.local"]);
    expect(unsigned.status).toBe(401);
    expect((await serve).exitCode).toBe(0);
    expect((await sandbox).exitCode).toBe(0);
  });
});

/** Some paths of the checkout, in a folder of their own. */
async function copyOf(...paths: readonly string[]): Promise<string> {
  const copy = await mkdtemp(join(directory, "copy-"));
  for (const path of paths) await cp(join(checkout, path), join(copy, path), { recursive: true });
  return copy;
}

/** The first whole JSON value that a program says. */
async function firstJson(stream: AsyncIterable<Buffer>): Promise<unknown> {
  let text = "";
  return new Promise((resolve, reject) => {
    const read = async () => {
      for await (const chunk of stream) {
        text += chunk.toString();
        try {
          resolve(JSON.parse(text));
        } catch {
          // There is more to come.
        }
      }
      reject(new Error(`it ended with ${text}`));
    };
    read().catch(reject);
  });
}
