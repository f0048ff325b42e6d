import type { SandboxRepository } from "../../src/sandbox/model.js";
import type { GitLabForge, Person } from "./gitlab-forge.js";

/** A merge request as its maker was answered. */
export interface Proposed {
  readonly iid: number;
  readonly sha: string;
  readonly body: unknown;
}

/** The project in which somebody proposes changes. */
export interface Proposals {
  /** A branch with a commit of its own, and a merge request from it to `main`. */
  propose(branch: string, more?: object): Promise<Proposed>;
  /** A merge request; throws when it is refused. */
  open(wanted: object): Promise<Proposed>;
}

export function proposalsOf(forge: GitLabForge, project: SandboxRepository, by: Person): Proposals {
  async function open(wanted: object): Promise<Proposed> {
    const answer = await by.api.post(`/projects/${project.id}/merge_requests`, wanted);
    if (answer.status !== 201) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
    const { iid, sha } = answer.body as { iid: number; sha: string };
    return { iid, sha, body: answer.body };
  }
  return {
    open,
    propose: async (branch, more = {}) => {
      await forge.commit(project, { branch, from: "main", files: { [branch]: "new\n" }, by: by.user });
      return open({ title: `Add ${branch}`, source_branch: branch, target_branch: "main", ...more });
    },
  };
}
