import { z } from "zod";
import type { SandboxComment, SandboxReaction } from "../model.js";
import { accessOf, forbidden, mayWrite, pullRequestOf, readable, signedIn } from "./access.js";
import { commentObject } from "./entities/issue.js";
import { nodeId } from "./entities/links.js";
import { simpleUser } from "./entities/user.js";
import { notFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, numberParameter, paged } from "./http.js";

const bodyLimit = 65_536;

export function commentRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/issues/:number/comments", listComments);
  api.post("/repos/:owner/:repo/issues/:number/comments", createComment);
  const comment = "/repos/:owner/:repo/issues/comments/:id";
  api.get(comment, (c) => c.json(commentObject(c.var.store, commentOf(c))));
  api.patch(comment, editComment);
  api.delete(comment, deleteComment);
  api.get(`${comment}/reactions`, (c) =>
    c.json(paged(c, commentOf(c).reactions).map((one) => reactionObject(c, one))),
  );
  api.post(`${comment}/reactions`, react);
}

function listComments(c: Request) {
  const { store } = c.var;
  const since = c.req.query("since");
  const comments = store
    .comments(pullRequestOf(c, readable(c), "number"))
    .filter(({ updatedAt }) => since === undefined || Date.parse(updatedAt) >= Date.parse(since));
  return c.json(paged(c, comments).map((comment) => commentObject(store, comment)));
}

async function createComment(c: Request) {
  const { store } = c.var;
  const mergeRequest = pullRequestOf(c, readable(c), "number");
  const user = signedIn(c);
  const comment = store.addComment(mergeRequest, await text(c), user);
  return c.json(commentObject(store, comment), 201);
}

async function editComment(c: Request) {
  const { store } = c.var;
  const comment = ownComment(c);
  store.editComment(comment, await text(c), signedIn(c));
  return c.json(commentObject(store, comment));
}

function deleteComment(c: Request) {
  c.var.store.deleteComment(ownComment(c));
  return c.body(null, 204);
}

function commentOf(c: Request): SandboxComment {
  const comment = c.var.store.comment(readable(c), numberParameter(c, "id"));
  if (comment === undefined) throw notFound();
  return comment;
}

/** A comment that its author, or somebody who may push, wants to change. */
function ownComment(c: Request): SandboxComment {
  const comment = commentOf(c);
  const user = signedIn(c);
  if (comment.author.id !== user.id && !mayWrite(accessOf(c, readable(c)))) {
    throw forbidden(c, "Must have push access to the repository.");
  }
  return comment;
}

async function text(c: Request): Promise<string> {
  const { body: wanted } = await body(c, z.object({ body: z.string() }));
  if (wanted.trim() === "") {
    throw validationFailed({
      resource: "IssueComment",
      code: "unprocessable",
      field: "data",
      message: "Body cannot be blank",
    });
  }
  if (wanted.length > bodyLimit) {
    throw validationFailed({
      resource: "IssueComment",
      code: "unprocessable",
      field: "data",
      message: `Body is too long (maximum is ${bodyLimit} characters)`,
    });
  }
  return wanted;
}

const contents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;

/** Reacting twice in the same way changes nothing: the second answer is 200. */
async function react(c: Request) {
  const { store } = c.var;
  const { id, reactions } = commentOf(c);
  const user = signedIn(c);
  const { content } = await body(c, z.object({ content: z.enum(contents) }));
  const before = reactions.find((one) => one.user.id === user.id && one.name === content);
  if (before !== undefined) return c.json(reactionObject(c, before));

  const reaction = { id: id * 100 + reactions.length, name: content, user, at: store.now() };
  reactions.push(reaction);
  return c.json(reactionObject(c, reaction), 201);
}

function reactionObject(c: Request, { id, name, user, at }: SandboxReaction) {
  const given = { node_id: nodeId("Reaction", id), user: simpleUser(c.var.store, user) };
  return { id, ...given, content: name, created_at: at };
}
