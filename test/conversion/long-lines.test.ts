import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LinearHistory } from "../../src/conversion/patches/history.js";
import { formatMails } from "../../src/conversion/patches/mails.js";
import { createBareStore } from "../../src/git/local-store.js";
import type { ObjectStore } from "../../src/git/object-store.js";

const options = { ignorePaths: [".distro"], prefix: true };
const who = { name: "Ada Lovelace", email: "ada@example.org", date: "1700000000 +0100" };
let folder = "";

afterEach(() => rm(folder, { recursive: true, force: true }));

async function freshStore(): Promise<ObjectStore> {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  return createBareStore(folder);
}

/** A line of so many commits, each of which changes the one file, the 60th what has no patch. */
function commitLine(store: ObjectStore, length: number): LinearHistory {
  const commit = (number: number, parents: readonly string[]) => {
    const own = number === 60 ? ".distro" : "file";
    const content = store.writeBlob(Buffer.from(`${number === 60 ? 59 : number}\n`));
    const tree = store.writeTree([
      { mode: "100644", name: "file", id: content },
      ...(own === ".distro" ? [{ mode: "100644", name: own, id: content }] : []),
    ]);
    return store.writeCommit({ tree, parents, author: who, committer: who, message: `Step ${number}\n` });
  };
  const base = commit(0, []);
  const commits: { id: string; origins: string[] }[] = [];
  for (let number = 1; number <= length; number += 1) {
    const id = commit(number, [commits.at(-1)?.id ?? base]);
    commits.push({ id, origins: [id] });
  }
  return { base, tip: commits.at(-1)?.id ?? base, commits };
}

describe("the mails of a long line", () => {
  it("are those that its parts have", async () => {
    const store = await freshStore();
    const line = commitLine(store, 121);
    const mails = await formatMails(store, line, options);

    const expected = new Map<string, string>();
    const another = await createBareStore(folder);
    for (let at = 0; at < line.commits.length; at += 40) {
      const commits = line.commits.slice(at, at + 40);
      const [base, tip] = [line.commits[at - 1]?.id ?? line.base, commits.at(-1)?.id ?? line.tip];
      const part = await formatMails(another, { base, tip, commits }, options);
      for (const [id, mail] of part) expected.set(id, mail.toString());
    }
    await Promise.all([store.close(), another.close()]);
    expect([...mails].map(([id, mail]) => [id, mail.toString()])).toEqual([...expected]);
    expect(mails.size).toBe(120);
    expect([...mails.values()].at(-1)?.toString()).toContain("Subject: [PATCH] Step 121\n");
  });
});
