import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RetryLater } from "../../../src/domain/errors.js";
import { takeLock, tryLock } from "../../../src/git/cache/store-lock.js";

let folder = "";
let file = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  file = join(folder, "store.lock");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the lock of a store", () => {
  it("is had by any number that use it, one of whom fetches", () => {
    const used = [tryLock(file, "use"), tryLock(file, "use")];
    const fetching = tryLock(file, "fetch");
    expect([...used, fetching]).not.toContain(undefined);
    expect(tryLock(file, "fetch")).toBeUndefined();
    expect(tryLock(file, "alone")).toBeUndefined();
    for (const lock of [...used, fetching]) lock?.release();
  });

  it("keeps everybody out for who is alone, until it is released", () => {
    const alone = tryLock(file, "alone");
    expect([tryLock(file, "use"), tryLock(file, "fetch"), tryLock(file, "alone")]).toEqual(
      Array(3).fill(undefined),
    );
    alone?.release();
    const used = tryLock(file, "use");
    expect(used).toBeDefined();
    used?.release();
  });

  it("is waited for as long as it takes, or until it is enough", async () => {
    const first = await takeLock(file, "use", 1);
    await expect(takeLock(file, "alone", 0.1)).rejects.toThrow(RetryLater);
    const waiting = takeLock(file, "alone", 30);
    first.release();
    (await waiting).release();
  });

  it("goes with the process that had it, however that ends", async () => {
    const holding = `import Database from "better-sqlite3";
      globalThis.held = new Database(process.argv[1], {}).exec("BEGIN EXCLUSIVE");
      console.log("held");
      setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ["--input-type=module", "-e", holding, file]);
    await once(other.stdout, "data");
    expect(tryLock(file, "use")).toBeUndefined();
    other.kill("SIGKILL");
    await once(other, "exit");
    (await takeLock(file, "alone", 10)).release();
  });
});
