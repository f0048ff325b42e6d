import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import { stateOf } from "./statuses.js";

/** Every commit status that was set through the APIs, oldest first: GitLab keeps only the last of a row. */
export class StatusLog {
  readonly #set: { readonly commit: string; readonly context: string; readonly text: string }[] = [];

  watch(forge: SandboxForge): void {
    forge.afterRequest(({ method, path, body }, { status }) => {
      const commit = /\/statuses\/([0-9a-f]{40})$/.exec(path)?.[1];
      if (method !== "POST" || commit === undefined || status >= 300) return;
      const posted = JSON.parse(body) as Record<string, string>;
      const context = posted["context"] ?? posted["name"] ?? "default";
      const text = `${stateOf(posted["state"] ?? "")}: ${posted["description"] ?? ""}`;
      this.#set.push({ commit, context, text });
    });
  }

  of(commit: string, context: string): readonly string[] {
    return this.#set
      .filter((one) => one.commit === commit && one.context === context)
      .map(({ text }) => text);
  }
}
