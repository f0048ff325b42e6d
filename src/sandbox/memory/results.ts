import type { SandboxCheckRun, SandboxComment, SandboxMergeRequest, SandboxStatus } from "../model.js";
import type { SandboxStore } from "../store.js";
import { type Core, repositoryOf } from "./core.js";

type CommentVerbs = Pick<
  SandboxStore,
  "comments" | "comment" | "addComment" | "mailComment" | "appComment" | "editComment" | "deleteComment"
>;
type StatusVerbs = Pick<SandboxStore, "statuses" | "addStatus" | "updateStatus">;
type CheckRunVerbs = Pick<
  SandboxStore,
  "checkRuns" | "checkRun" | "addCheckRun" | "updateCheckRun" | "rerequestCheckRun"
>;

export function commentVerbs(core: Core): CommentVerbs {
  const { comments } = core.state;
  function add(
    mergeRequest: SandboxMergeRequest,
    said: Pick<SandboxComment, "author" | "body" | "via">,
  ): SandboxComment {
    const now = core.now();
    const comment: SandboxComment = {
      id: core.nextId(),
      repository: mergeRequest.repository,
      mergeRequest: mergeRequest.number,
      ...said,
      system: false,
      reactions: [],
      createdAt: now,
      updatedAt: now,
    };
    comments.push(comment);
    mergeRequest.updatedAt = now;
    core.emit({ kind: "comment", action: "created", comment, by: said.author });
    return comment;
  }
  return {
    comments: ({ repository, number }) =>
      comments.filter((one) => one.repository === repository && one.mergeRequest === number),
    comment: (repository, id) => comments.find((one) => one.repository === repository.id && one.id === id),
    addComment: (mergeRequest, body, author) => add(mergeRequest, { author, body, via: "page" }),
    mailComment: (mergeRequest, body, author) => add(mergeRequest, { author, body, via: "mail" }),
    appComment: (mergeRequest, body, author) => add(mergeRequest, { author, body, via: "app" }),
    editComment: (comment, body, by) => {
      const previousBody = comment.body;
      comment.body = body;
      comment.updatedAt = core.now();
      core.emit({ kind: "comment", action: "edited", comment, previousBody, by });
    },
    deleteComment: (comment) => void comments.splice(comments.indexOf(comment), 1),
  };
}

/** `settle` is told of each status, because on GitLab a status is part of a pipeline. */
export function statusVerbs(core: Core, settle: (status: SandboxStatus) => void): StatusVerbs {
  const { statuses } = core.state;
  function tell(status: SandboxStatus): void {
    core.emit({ kind: "status", status });
    settle(status);
  }
  return {
    statuses: (repository, commit) =>
      statuses.filter((one) => one.repository === repository.id && one.commit === commit),
    addStatus: (wanted) => {
      const now = core.now();
      const status: SandboxStatus = { ...wanted, id: core.nextId(), createdAt: now, updatedAt: now };
      statuses.push(status);
      tell(status);
      return status;
    },
    updateStatus: (status, change) => {
      Object.assign(status, change);
      status.updatedAt = core.now();
      tell(status);
    },
  };
}

export function checkRunVerbs(core: Core): CheckRunVerbs {
  const { checkRuns } = core.state;
  // Check runs are made by the app; where there is none, by whoever owns the repository.
  function maker({ repository, app }: SandboxCheckRun) {
    const login = `${app}[bot]`;
    return core.state.users.find((user) => user.login === login) ?? repositoryOf(core, repository).owner;
  }
  return {
    checkRuns: (repository, commit) =>
      checkRuns.filter((one) => one.repository === repository.id && one.commit === commit),
    checkRun: (id) => checkRuns.find((one) => one.id === id),
    addCheckRun: (wanted) => {
      const checkRun: SandboxCheckRun = { ...wanted, id: core.nextId() };
      checkRuns.push(checkRun);
      core.emit({ kind: "check-run", action: "created", checkRun, by: maker(checkRun) });
      if (checkRun.status === "completed") {
        core.emit({ kind: "check-run", action: "completed", checkRun, by: maker(checkRun) });
      }
      return checkRun;
    },
    updateCheckRun: (checkRun, change) => {
      Object.assign(checkRun, change);
      if (change.status !== "completed") return;
      core.emit({ kind: "check-run", action: "completed", checkRun, by: maker(checkRun) });
    },
    rerequestCheckRun: (checkRun, by) => {
      checkRun.status = "queued";
      checkRun.conclusion = undefined;
      checkRun.completedAt = undefined;
      core.emit({ kind: "check-run", action: "rerequested", checkRun, by });
    },
  };
}
