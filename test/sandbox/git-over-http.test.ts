import { afterEach, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { GitError, git, gitText } from "../../src/git/run.js";
import { type Box, credentialsOf, openBox } from "./box.js";

let box: Box;
afterEach(() => box.end());

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GitError) return error.stderr;
  throw new Error("git was not refused");
}

/** Some megabytes that do not compress away, so that git sends them in pieces and probes before. */
function noise(): string {
  const numbers = Array.from({ length: 300_000 }, (_, index) => (index * 2_654_435_761) % 4_294_967_291);
  return numbers.map((number) => number.toString(36)).join("\n");
}

describe("git over HTTP", () => {
  it("pushes, and clones without a token what is public", async () => {
    box = await openBox("gitlab");
    const maintainer = await box.clone("maintainer");
    await maintainer.git(["switch", "--quiet", "-c", "change"]);
    const commit = await maintainer.commit("NEWS", "two\n");
    await maintainer.git(["push", "--quiet", "origin", "change"]);

    expect(await box.forge.store.branch(box.repository, "change")).toBe(commit);
    const heads = await gitText(["ls-remote", "--heads", box.forge.cloneUrl(box.repository)]);
    expect(heads).toContain(`${commit}\trefs/heads/change`);
  });

  it("takes a large push and gives a partial clone", async () => {
    box = await openBox("github");
    const maintainer = await box.clone("maintainer");
    await maintainer.commit("DATA", noise());
    await maintainer.git(["push", "--quiet", "origin", "HEAD:main"]);

    const partial = join(box.directory, "partial");
    await git([
      "clone",
      "--quiet",
      "--bare",
      "--filter=blob:none",
      box.forge.cloneUrl(box.repository),
      partial,
    ]);
    expect(
      await gitText(["rev-list", "--objects", "--missing=print", "--all"], { directory: partial }),
    ).toMatch(/^\?/m);
  });

  it("asks for a token before a push, and refuses a wrong one and one without rights", async () => {
    box = await openBox("github");
    const refs = `${box.forge.url}/team/tally.git/info/refs?service=git-receive-pack`;

    const asked = await fetch(refs);
    expect(asked.status).toBe(401);
    expect(asked.headers.get("www-authenticate")).toMatch(/^Basic /);
    expect((await fetch(refs, { headers: { authorization: "Bearer nonsense" } })).status).toBe(401);
    const { token } = box.forge.account("contributor");
    expect((await fetch(refs, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403);

    const contributor = await box.clone("contributor");
    await contributor.commit("NEWS", "mine\n");
    expect(await refusalOf(contributor.git(["push", "origin", "HEAD:main"]))).toContain("403");
  });

  it("hides a private repository from those without access", async () => {
    box = await openBox("gitlab");
    const { store } = box.forge;
    const owner = box.forge.account("maintainer").user;
    const secret = await store.createRepository({ path: "team/secret", owner, private: true });
    const refs = `${box.forge.cloneUrl(secret)}/info/refs?service=git-upload-pack`;

    expect((await fetch(refs)).status).toBe(401);
    const { token } = box.forge.account("contributor");
    expect((await fetch(refs, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
    await expect(box.clone("maintainer", secret)).resolves.toBeDefined();
  });

  it.each([
    { kind: "github", ref: "refs/pull/1/head" },
    { kind: "gitlab", ref: "refs/merge-requests/1/head" },
  ] as const)(
    "lets $ref of $kind follow a push to the fork, be fetched, and be pushed by nobody",
    async ({ kind, ref }) => {
      box = await openBox(kind);
      const { store } = box.forge;
      const author = box.forge.account("contributor").user;
      const fork = await store.fork(box.repository, author);
      const contributor = await box.clone("contributor", fork);
      await contributor.commit("NEWS", "two\n");
      await contributor.git(["push", "--quiet", "origin", "HEAD:change"]);
      const texts = { title: "Two", description: "", draft: false, author };
      const answer = await store.openMergeRequest({
        repository: box.repository,
        sourceRepository: fork,
        sourceBranch: "change",
        targetBranch: "main",
        ...texts,
      });
      expect(answer.outcome).toBe("opened");

      const head = await contributor.commit("NEWS", "three\n");
      await contributor.git(["push", "--quiet", "origin", "HEAD:change"]);

      const maintainer = await box.clone("maintainer");
      await maintainer.git(["fetch", "--quiet", "origin", ref]);
      expect(await maintainer.git(["rev-parse", "FETCH_HEAD"])).toBe(head);
      expect(await refusalOf(maintainer.git(["push", "origin", `+HEAD:${ref}`]))).toContain(
        "deny updating a hidden ref",
      );
    },
  );

  it("refuses a stale lease", async () => {
    box = await openBox("gitlab");
    const one = await box.clone("maintainer");
    const other = await box.clone("maintainer");
    await one.commit("NEWS", "two\n");
    await one.git(["push", "--quiet", "origin", "HEAD:main"]);

    await other.commit("NEWS", "three\n");
    expect(await refusalOf(other.git(["push", "--force-with-lease", "origin", "HEAD:main"]))).toContain(
      "stale info",
    );
  });

  it.each([
    { size: "small", text: "two\n" },
    { size: "large", text: noise() },
  ])("refuses the next push with a message ($size), and takes the one after", async ({ text }) => {
    box = await openBox("gitlab");
    const maintainer = await box.clone("maintainer");
    await maintainer.commit("NEWS", text);
    box.forge.faults.rejectNextPush("The branch is frozen.");

    const said = await refusalOf(maintainer.git(["push", "origin", "HEAD:main"]));
    expect(said).toContain("remote: The branch is frozen.");
    expect(said).toContain("pre-receive hook declined");

    await maintainer.git(["push", "--quiet", "origin", "HEAD:main"]);
    expect(await box.forge.store.commits(box.repository, { to: "main", limit: 5 })).toHaveLength(2);
  });

  it("answers nobody while it is down", async () => {
    box = await openBox("github");
    box.forge.faults.goDown();
    const url = box.forge.cloneUrl(box.repository);
    expect(
      await refusalOf(git(["ls-remote", url], { credentials: credentialsOf(box.forge, "maintainer") })),
    ).toContain("503");

    box.forge.faults.comeBack();
    expect(await gitText(["ls-remote", "--heads", url])).toContain("refs/heads/main");
  });
});
