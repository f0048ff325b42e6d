import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { checkGitLabExchange, fieldsOf } from "./gitlab-contract.js";

const project = "/api/v4/projects/rpms%2Ftally";
const listing = { method: "GET", path: `${project}/merge_requests`, status: 200, responseBody: [] };
const posting = { method: "POST", path: `${project}/statuses/${"a".repeat(40)}` };

function fixture(name: string): unknown {
  const file = new URL(`../fixtures/gitlab-rest/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

describe("GitLab's published description", () => {
  it("allows what it names, in the query, in a form and as JSON", () => {
    const query = fieldsOf(
      new URLSearchParams("state=opened&labels=a,b&iids[]=1&iids[]=2&draft=true&page=2"),
    );
    expect(checkGitLabExchange({ ...listing, query })).toEqual([]);
    const wanted = { title: "Fix", source_branch: "fix", target_branch: "main", target_project_id: "12" };
    const creation = {
      method: "POST",
      path: listing.path,
      status: 409,
      responseBody: { message: ["taken"] },
    };
    expect(checkGitLabExchange({ ...creation, requestBody: wanted })).toEqual([]);
  });

  it("finds parameters that GitLab does not know, or knows otherwise", () => {
    expect(checkGitLabExchange({ ...listing, query: { colour: "red" } })).toEqual([
      `GET ${listing.path}: query parameter colour is unknown`,
    ]);
    expect(checkGitLabExchange({ ...listing, query: { state: "open" } })).toEqual([
      `GET ${listing.path}: query parameter state may not be "open"`,
    ]);
    expect(checkGitLabExchange({ ...listing, query: { author_id: "ada" } })).toEqual([
      `GET ${listing.path}: query parameter author_id is not an integer: "ada"`,
    ]);
  });

  it("finds parameters that are missing", () => {
    const violations = checkGitLabExchange({
      method: "POST",
      path: listing.path,
      requestBody: { title: "Fix", source_branch: "fix" },
      status: 201,
      responseBody: {},
    });
    expect(violations).toContain(`POST ${listing.path}: parameter target_branch is missing`);
  });

  it("finds an edit of a merge request that changes nothing", () => {
    const edit = { method: "PUT", path: `${listing.path}/3`, status: 200, responseBody: null };
    expect(checkGitLabExchange({ ...edit, requestBody: {} })).toContain(
      `PUT ${listing.path}/3: no parameter is given`,
    );
  });

  it("takes 201 for a status, as real servers answer", () => {
    const exchange = { ...posting, requestBody: { state: "success" }, responseBody: null };
    expect(checkGitLabExchange({ ...exchange, status: 201 })).toEqual([]);
    expect(checkGitLabExchange({ ...exchange, status: 202 })).toEqual([
      `POST ${posting.path}: answer 202 is not described`,
    ]);
  });

  it("finds refusals without a reason", () => {
    const violations = checkGitLabExchange({ ...posting, status: 400, responseBody: {} });
    expect(violations).toEqual([`POST ${posting.path}: refusal 400 says neither message nor error`]);
  });

  it("finds what an answer lacks, has too much, and has of another type", () => {
    const path = "/api/v4/users";
    const [user] = fixture("search_users") as Record<string, unknown>[];
    const complete = { ...user, public_email: "", locked: false };
    const asked = { method: "GET", path, status: 200 };
    expect(checkGitLabExchange({ ...asked, responseBody: [complete] })).toEqual([]);
    expect(checkGitLabExchange({ ...asked, responseBody: [{ ...complete, id: "1" }] })).toEqual([
      `GET ${path}: answer[0].id is not an integer: "1"`,
    ]);
    expect(checkGitLabExchange({ ...asked, responseBody: [user] })).toEqual([
      `GET ${path}: answer[0].public_email is missing`,
      `GET ${path}: answer[0].locked is missing`,
    ]);
    expect(checkGitLabExchange({ ...asked, responseBody: [{ ...complete, login: "x" }] })).toEqual([
      `GET ${path}: answer[0].login is unknown`,
    ]);
  });

  it("knows no other paths", () => {
    expect(checkGitLabExchange({ method: "GET", path: `${project}/wikis`, status: 200 })).toEqual([
      `GET ${project}/wikis: not in GitLab's description`,
    ]);
  });
});
