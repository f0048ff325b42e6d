import { describe, expect, it } from "@jest/globals";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { decideTrust, originOf, type TrustFacts } from "../../src/linking/trust/trust.js";
import { linkEntry } from "../config/link-entry.js";

/** By somebody without write access, from a fork of their own, unless told. */
function facts({
  policy = {},
  ...known
}: Partial<Omit<TrustFacts, "policy">> & { policy?: object }): TrustFacts {
  return {
    policy: linkEntry(policy),
    head: "b".repeat(40),
    author: "robin",
    origin: "own-fork",
    access: "read",
    words: [],
    sensitive: [],
    ...known,
  };
}
const head = "b".repeat(40);
const earlier = "a".repeat(40);
const sensitive = [".gitlab-ci.yml"];
const everyone = { trust: "everyone" } as const;
const later = { trustLaterPushes: true };

describe("a head is trusted", () => {
  it.each([
    ["from a branch of the repository, whoever opened it", { origin: "repository" }, "branch"],
    ["from the own fork of somebody who may write", { access: "write" }, "member"],
    ["from anybody where the link says so", { policy: everyone, origin: "other-fork" }, "everyone"],
    ["from the own fork of who is listed", { policy: { trusted: ["Robin"] } }, "listed"],
    ["once somebody looked at this very commit", { words: [{ commit: head, by: "ines" }] }, "word"],
    [
      "after an earlier word, if that is enough",
      { policy: later, words: [{ commit: earlier, by: "ines" }] },
      "earlier-word",
    ],
    ["with sensitive paths, of somebody who may write", { access: "admin", sensitive }, "member"],
    ["with sensitive paths, in a branch of the repository", { origin: "repository", sensitive }, "branch"],
    [
      "with sensitive paths, once somebody looked at it",
      { sensitive, words: [{ commit: head, by: "ines" }] },
      "word",
    ],
  ] as const)("%s", (_, known, kind) => {
    expect(decideTrust(facts(known))).toMatchObject({ trusted: true, because: { kind } });
  });
});

describe("a head waits", () => {
  it.each([
    ["of somebody who may only read", {}, "stranger"],
    [
      "from a fork to which others push, though a member opened it",
      { origin: "other-fork", access: "admin" },
      "other-fork",
    ],
    [
      "from a fork to which others push, though a listed one opened it",
      { origin: "other-fork", policy: { trusted: ["robin"] } },
      "other-fork",
    ],
    ["when it moved after the word", { words: [{ commit: earlier, by: "ines" }] }, "stranger"],
    ["with sensitive paths, whoever else is trusted", { policy: everyone, sensitive }, "sensitive-paths"],
    [
      "with sensitive paths, of who is listed",
      { policy: { trusted: ["robin"] }, sensitive },
      "sensitive-paths",
    ],
    [
      "with sensitive paths, after an earlier word",
      { policy: later, words: [{ commit: earlier, by: "ines" }], sensitive },
      "sensitive-paths",
    ],
  ] as const)("%s", (_, known, kind) => {
    expect(decideTrust(facts(known))).toMatchObject({ trusted: false, because: { kind } });
  });
});

describe("the origin of a merge request by Member", () => {
  const repository = { forge: "gitlab.com", path: "src/tally" };
  const from = (path: string | undefined) =>
    originOf({
      ref: { repository, number: 1 },
      author: { id: 1, login: "Member" },
      source: { repository: path === undefined ? undefined : { forge: "gitlab.com", path }, branch: "fix" },
    } as MergeRequest);

  it.each([
    ["SRC/tally", "repository"],
    ["member/tally", "own-fork"],
    ["stranger/tally", "other-fork"],
    ["member/group/tally", "other-fork"],
    [undefined, "other-fork"],
  ])("%s is %s", (path, origin) => {
    expect(from(path)).toBe(origin);
  });
});
