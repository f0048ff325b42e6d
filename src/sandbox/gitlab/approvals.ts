import { z } from "zod";
import type { SandboxMergeRequest, SandboxUser } from "../model.js";
import { mayMerge, mergeRequestOf, signedIn } from "./access.js";
import { approvalBy, approve, unapprove } from "./changes.js";
import { userBasic } from "./entities/user.js";
import { notFound, unauthorized } from "./errors.js";
import type { Api, Request } from "./http.js";
import { headMoved } from "./merge.js";
import { parameters, text } from "./parameters.js";

export function approvalRoutes(api: Api): void {
  const mergeRequest = "/projects/:id/merge_requests/:iid";
  api.get(`${mergeRequest}/approvals`, (c) => c.json(shown(c, mergeRequestOf(c))));
  api.post(`${mergeRequest}/approve`, addApproval);
  api.post(`${mergeRequest}/unapprove`, removeApproval);
}

function shown(c: Request, mergeRequest: SandboxMergeRequest) {
  const { store, user } = c.var;
  const approvals = store.reviews(mergeRequest);
  return {
    user_has_approved: user !== undefined && hasApproved(c, mergeRequest, user),
    user_can_approve: user !== undefined && mayApprove(c, mergeRequest, user),
    approved: approvals.length > 0,
    approved_by: approvals.map(({ author, submittedAt }) => ({
      user: userBasic(store, author),
      approved_at: submittedAt,
    })),
  };
}

function hasApproved(c: Request, mergeRequest: SandboxMergeRequest, user: SandboxUser): boolean {
  return approvalBy(c.var.store, mergeRequest, user) !== undefined;
}

function mayApprove(c: Request, mergeRequest: SandboxMergeRequest, user: SandboxUser): boolean {
  return mayMerge(c.var.store, user, mergeRequest) && !hasApproved(c, mergeRequest, user);
}

async function addApproval(c: Request) {
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  const { sha } = await parameters(c, z.object({ sha: text.optional() }));
  if (!mayApprove(c, mergeRequest, user)) throw unauthorized();
  if (sha !== undefined && sha !== mergeRequest.head) throw headMoved(mergeRequest.head);
  approve({ ...c.var, user }, mergeRequest);
  return c.json(shown(c, mergeRequest), 201);
}

function removeApproval(c: Request) {
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  if (!hasApproved(c, mergeRequest, user)) throw notFound();
  unapprove({ ...c.var, user }, mergeRequest);
  return c.json(shown(c, mergeRequest), 201);
}
