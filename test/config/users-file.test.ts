import { describe, expect, it } from "@jest/globals";
import { problemLine } from "../../src/config/problem.js";
import { checkUsersFile } from "../../src/config/users-file.js";

const forges = ["gitlab.com", "github.com"];

describe("a users file", () => {
  it("says which logins belong to one person", () => {
    const { users, problems } = checkUsersFile(
      "users.yml",
      "- { gitlab.com: alice, github.com: alice-gh }\n- { gitlab.com: bob }\n",
      forges,
    );

    expect(problems).toEqual([]);
    expect(users.map((person) => person.get("github.com"))).toEqual(["alice-gh", undefined]);
  });

  it("may be empty", () => {
    expect(checkUsersFile("users.yml", "", forges)).toEqual({ users: [], problems: [] });
  });

  it.each([
    ["- alice\n", "users.yml:1:3: [0]: must be a mapping from forge to login"],
    [
      "alice: bob\n",
      "users.yml:1:1: must be a list. Write one line for each person: - { gitlab.com: alice, github.com: alice-gh }.",
    ],
    [
      "- { gitlab.co: alice }\n",
      "users.yml:1:5: [0].gitlab.co: is not listed under forges. Did you mean gitlab.com?",
    ],
    ["- { gitlab.com: '@alice' }\n", "users.yml:1:17: [0].gitlab.com: not a login"],
    [
      "- { gitlab.com: alice }\n- { gitlab.com: Alice }\n",
      "users.yml:2:17: [1].gitlab.com: is the same account as at [0]",
    ],
  ])("is refused with line and key: %j", (text, complaint) => {
    expect(checkUsersFile("users.yml", text, forges).problems.map(problemLine)).toEqual([complaint]);
  });
});
