import { describe, expect, it } from "@jest/globals";
import { createLinks } from "../../src/linking/links/links.js";
import { namedInDistGit } from "../../src/linking/links/people.js";
import { linkEntry } from "../config/link-entry.js";

const users = [
  new Map([
    ["gitlab.com", "alice"],
    ["github.com", "alice-gh"],
  ]),
  new Map([["gitlab.com", "bob"]]),
];

/** How dist-git on GitHub names somebody of source-git on GitLab. */
function named(login: string, { mentions = false } = {}): string {
  const [link] = createLinks([linkEntry({ mentions })], users).from({
    forge: "gitlab.com",
    path: "centos/src/tally",
  });
  if (!link) throw new Error("not linked");
  return namedInDistGit(link, login);
}

describe("somebody of source-git, in dist-git", () => {
  it("is called by the login there, where the users file knows it", () => {
    expect(named("Alice")).toBe("`alice-gh`");
    expect(named("alice", { mentions: true })).toBe("@alice-gh");
  });

  it.each(["bob", "carol"])(
    "is never mentioned by a login that may be somebody else's there: %s",
    (login) => {
      expect(named(login, { mentions: true })).toBe(`\`${login}\``);
    },
  );
});
