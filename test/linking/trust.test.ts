import { describe, expect, it } from "@jest/globals";
import { createLinks } from "../../src/linking/links.js";
import { isTrusted } from "../../src/linking/trust.js";

type Given = Parameters<typeof isTrusted>;

const repository = { forge: "gitlab.com", path: "src/tally" };
const [link] = createLinks([
  {
    sourceGit: repository,
    distGit: { forge: "github.com", path: "rpms/tally" },
    layout: "rpm",
    branches: [["*", "*"]],
    trust: "members",
    afterSourceMerge: "keep",
    afterDistMerge: "comment",
  },
]).from(repository);

/** Everybody named "member" may write; opened by `login` from a branch of `path`. */
async function trusts(login: string, path: string | undefined): Promise<boolean> {
  const forge = {
    findAccess: (_: unknown, user: { login: string }) =>
      Promise.resolve(user.login === "Member" ? "write" : "read"),
  } as unknown as Given[2];
  const source = {
    repository: path === undefined ? undefined : { forge: "gitlab.com", path },
    branch: "fix",
  };
  const mergeRequest = { ref: { repository, number: 1 }, author: { id: 1, login }, source } as Given[1];
  if (!link) throw new Error("there is no link");
  return isTrusted(link, mergeRequest, forge);
}

describe("a merge request is trusted", () => {
  it("from a branch of the repository, whoever opened it", async () => {
    expect(await trusts("stranger", "SRC/tally")).toBe(true);
  });

  it("from the own fork of somebody who may write", async () => {
    expect(await trusts("Member", "member/tally")).toBe(true);
    expect(await trusts("stranger", "stranger/tally")).toBe(false);
  });

  it.each(["stranger/tally", "member/group/tally", undefined])(
    "not from %s, to which others may push, though a member opened it",
    async (fork) => {
      expect(await trusts("Member", fork)).toBe(false);
    },
  );
});
