import { z } from "zod";
import type { SandboxMergeRequest, SandboxRepository } from "../model.js";
import { accessOf, mayWrite, signedIn } from "./access.js";
import { nodeId } from "./entities/links.js";
import { type Api, type Request, body } from "./http.js";

/** Whether a pull request is a draft is the one thing that REST cannot change: these two mutations can. */
const mutations: Readonly<Record<string, boolean>> = {
  convertPullRequestToDraft: true,
  markPullRequestReadyForReview: false,
};

const question = z.object({
  query: z.string(),
  variables: z.object({ pullRequestId: z.string().default(""), id: z.string().default("") }),
});

/** GitHub's GraphQL, as far as REST lacks what is needed; whatever else is asked is refused by name. */
export function graphqlRoutes(api: Api): void {
  api.post("/graphql", async (c) => {
    const { query, variables } = await body(c, question);
    if (/^\s*query\b.*\bcreatedViaEmail\b/s.test(query)) return mailOf(c, variables.id);
    const [, alias, mutation = ""] = /^\s*mutation\b[^{]*\{\s*(?:(\w+):\s*)?(\w+)\s*\(/.exec(query) ?? [];
    const draft = mutations[mutation];
    if (draft === undefined) {
      return refused(c, "undefinedField", `Field '${mutation}' doesn't exist on type 'Mutation'`);
    }
    const found = pullRequestWith(c, variables.pullRequestId);
    if (found === undefined) {
      return refused(
        c,
        "NOT_FOUND",
        `Could not resolve to a node with the global id of '${variables.pullRequestId}'.`,
      );
    }
    const { repository, mergeRequest } = found;
    const user = signedIn(c);
    if (user.id !== mergeRequest.author.id && !mayWrite(accessOf(c, repository))) {
      return refused(
        c,
        "FORBIDDEN",
        `${user.login} does not have the correct permissions to execute \`${mutation}\``,
      );
    }
    if (mergeRequest.state !== "open") {
      return refused(c, "UNPROCESSABLE", "Pull request must be open.");
    }
    await c.var.store.editMergeRequest(mergeRequest, { draft }, user);
    return c.json({ data: { [alias ?? mutation]: { pullRequest: { isDraft: mergeRequest.draft } } } });
  });
}

/** Whether a comment was sent by mail, under the one name that it is asked for by. */
function mailOf(c: Request, id: string) {
  const { store } = c.var;
  const comment = store
    .repositories()
    .filter((repository) => accessOf(c, repository) !== undefined)
    .flatMap((repository) => store.mergeRequests(repository))
    .flatMap((mergeRequest) => store.comments(mergeRequest))
    .find((one) => nodeId("IssueComment", one.id) === id);
  return c.json({ data: { comment: comment ? { createdViaEmail: comment.via === "mail" } : null } });
}

/** GraphQL answers 200, and says inside that it refused. */
function refused(c: Request, type: string, message: string) {
  return c.json({ data: null, errors: [{ type, message, path: [] }] });
}

function pullRequestWith(
  c: Request,
  id: string,
): { readonly repository: SandboxRepository; readonly mergeRequest: SandboxMergeRequest } | undefined {
  const { store } = c.var;
  for (const repository of store.repositories().filter((each) => accessOf(c, each) !== undefined)) {
    const mergeRequest = store.mergeRequests(repository).find((one) => nodeId("PullRequest", one.id) === id);
    if (mergeRequest !== undefined) return { repository, mergeRequest };
  }
  return undefined;
}
