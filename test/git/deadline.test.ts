import { afterEach, describe, expect, it } from "@jest/globals";
import { OutOfTime, withDeadline } from "../../src/git/deadline.js";
import { git } from "../../src/git/run.js";
import { newRepository, removeRepositories } from "../conversion/package.js";

afterEach(removeRepositories);

describe("work with a deadline", () => {
  it("that is done in time says what it found", async () => {
    await expect(withDeadline(60, async () => (await git(["version"])).exitCode)).resolves.toBe(0);
  });

  it("keeps its own errors", async () => {
    await expect(withDeadline(60, () => Promise.reject(new Error("own")))).rejects.toThrow("own");
  });

  it("ends the git process that it waits for", async () => {
    const started = performance.now();
    // Reads from its input, which nobody closes.
    const work = withDeadline(0.2, () => git(["hash-object", "--stdin"], { streamed: true }));
    await expect(work).rejects.toThrow(OutOfTime);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("ends at the next look into a store, though it never waits", async () => {
    const { store } = await newRepository();
    const blob = store.writeBlob(Buffer.from("x\n"));
    const work = withDeadline(0.1, async () => {
      for (;;) await store.readBlob(blob);
    });
    await expect(work).rejects.toThrow(OutOfTime);
    expect((await store.readBlob(blob)).toString()).toBe("x\n");
  });
});
