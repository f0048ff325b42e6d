import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import { checkGitHubExchange } from "../contract/github-openapi.js";
import { checkGitLabExchange } from "../contract/gitlab-contract.js";

/** Holds every request of a test, and every answer of the sandbox, against what the real forges publish. */
export class ContractWatch {
  readonly #violations = new Set<string>();

  watch(forge: SandboxForge): void {
    const check = forge.kind === "github" ? checkGitHubExchange : checkGitLabExchange;
    forge.afterRequest((request, response) => {
      const violations = check({
        method: request.method,
        path: request.path,
        query: Object.fromEntries(new URLSearchParams(request.query)),
        requestBody: parse(request.body),
        status: response.status,
        responseBody: parse(response.body),
      });
      for (const violation of violations) {
        this.#violations.add(`${request.method} ${request.path}: ${violation}`);
      }
    });
  }

  get violations(): readonly string[] {
    return [...this.#violations];
  }
}

function parse(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
