import { describe, expect, it } from "@jest/globals";
import { checkGitHubExchange } from "./github-openapi.js";

const sha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
const creation = { method: "POST", path: `/api/v3/repos/acme/tally/statuses/${sha}` };

describe("GitHub's published description", () => {
  it("allows a refusal with a message, whatever was asked", () => {
    const violations = checkGitHubExchange({
      ...creation,
      requestBody: { state: "running" },
      status: 422,
      responseBody: { message: "Validation Failed", documentation_url: "https://docs.github.com/rest" },
    });
    expect(violations).toEqual([]);
  });

  it("finds a refusal that does not say why", () => {
    expect(checkGitHubExchange({ ...creation, status: 404, responseBody: {} })).toEqual([
      expect.stringContaining("refusal has no message"),
    ]);
  });

  it("finds a request that GitHub would not have taken", () => {
    const violations = checkGitHubExchange({
      ...creation,
      requestBody: { state: "running" },
      status: 201,
      responseBody: {},
    });
    expect(violations).toContainEqual(expect.stringContaining("request/state must be equal to one of"));
  });

  it("finds what an answer lacks", () => {
    const violations = checkGitHubExchange({
      ...creation,
      requestBody: { state: "success" },
      status: 201,
      responseBody: { id: 1 },
    });
    expect(violations).toContainEqual(expect.stringContaining("must have required property 'context'"));
  });

  it("finds a status code that the operation does not answer", () => {
    expect(
      checkGitHubExchange({ ...creation, requestBody: { state: "success" }, status: 200, responseBody: {} }),
    ).toEqual([expect.stringContaining("answer 200 is not in GitHub's description")]);
  });

  it("tells operations apart whose paths look alike", () => {
    const violations = checkGitHubExchange({
      method: "GET",
      path: "/repos/acme/tally/commits/feature/deep/status",
      status: 200,
      responseBody: {},
    });
    expect(violations).toContainEqual(expect.stringContaining("must have required property 'statuses'"));
  });

  it("finds an unknown query parameter and a value that GitHub would not understand", () => {
    const violations = checkGitHubExchange({
      method: "GET",
      path: "/repos/acme/tally/pulls",
      query: { status: "open", state: "merged" },
      status: 200,
      responseBody: [],
    });
    expect(violations).toEqual([
      expect.stringContaining("query parameter status is unknown"),
      expect.stringContaining("query parameter state may not be merged"),
    ]);
  });

  it("finds what GitHub does not have", () => {
    expect(checkGitHubExchange({ method: "GET", path: "/repos/acme/tally/pipelines", status: 200 })).toEqual([
      expect.stringContaining("not in GitHub's description"),
    ]);
  });
});
