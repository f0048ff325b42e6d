import type { SandboxForge } from "../../src/sandbox/sandbox.js";

/** What Sluice asks of the forges, as their budgets see it. */
export class RequestLog {
  readonly #asked: string[] = [];

  constructor(forges: readonly SandboxForge[]) {
    for (const forge of forges) {
      const { token } = forge.account("maintainer");
      forge.afterRequest(({ method, path, headers }, { status }) => {
        // People's own requests do not count, nor does what was answered "not changed".
        const isOurs = !headers.get("authorization")?.endsWith(token);
        if (isOurs && status !== 304) this.#asked.push(`${forge.kind}: ${method} ${path} ${status}`);
      });
    }
  }

  /** What was asked while this was done. */
  async during(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = this.#asked.length;
    await work();
    return this.#asked.slice(before);
  }
}
