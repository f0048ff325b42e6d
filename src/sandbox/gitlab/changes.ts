import type { SandboxMergeRequest, SandboxReview, SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { isDraft } from "./draft.js";
import { detailedMergeStatus, stateWord } from "./entities/merge-request.js";
import { repositoryWithId } from "./entities/links.js";
import { conflict } from "./errors.js";
import type { GitLabState } from "./state.js";

/** Somebody who changes something, by a request or by a quick action. */
export interface Acting {
  readonly store: SandboxStore;
  readonly state: GitLabState;
  readonly user: SandboxUser;
}

export interface Change {
  readonly title?: string;
  readonly description?: string;
  readonly targetBranch?: string;
  readonly labels?: readonly string[];
}

/** Makes the change and lets the forge note it. */
export async function change(
  { store, state, user }: Acting,
  mergeRequest: SandboxMergeRequest,
  { title, labels, ...others }: Change,
): Promise<void> {
  const before = { ...mergeRequest };
  for (const name of labels ?? []) state.label({ id: mergeRequest.repository }, { name });
  await store.editMergeRequest(
    mergeRequest,
    {
      ...others,
      ...(title === undefined ? {} : { title, draft: isDraft(title) }),
      ...(labels === undefined ? {} : { labels: [...labels] }),
    },
    user,
  );
  for (const note of systemNotes(before, mergeRequest)) state.addSystemNote(mergeRequest, note, user);
}

function systemNotes(before: SandboxMergeRequest, after: SandboxMergeRequest): readonly string[] {
  const added = after.labels.filter((name) => !before.labels.includes(name));
  const removed = before.labels.filter((name) => !after.labels.includes(name));
  return [
    ...(before.draft === after.draft
      ? []
      : [`marked this merge request as **${after.draft ? "draft" : "ready"}**`]),
    ...(before.title === after.title ? [] : [`changed title from **${before.title}** to **${after.title}**`]),
    ...(before.description === after.description ? [] : ["changed the description"]),
    ...(before.targetBranch === after.targetBranch
      ? []
      : [`changed target branch from \`${before.targetBranch}\` to \`${after.targetBranch}\``]),
    ...added.map((name) => `added ~"${name}" label`),
    ...removed.map((name) => `removed ~"${name}" label`),
  ];
}

/** An event that does not fit the state is passed over, as GitLab does. */
export async function close(
  { store, state, user }: Acting,
  mergeRequest: SandboxMergeRequest,
): Promise<void> {
  if (mergeRequest.state !== "open") return;
  state.addSystemNote(mergeRequest, "closed", user);
  await store.closeMergeRequest(mergeRequest, user);
}

export async function reopen(
  { store, state, user }: Acting,
  mergeRequest: SandboxMergeRequest,
): Promise<void> {
  if (mergeRequest.state !== "closed") return;
  const { repository, sourceRepository, sourceBranch, targetBranch } = mergeRequest;
  const other = store
    .mergeRequests(repositoryWithId(store, repository))
    .find(
      (one) =>
        stateWord(one) === "opened" &&
        one.sourceRepository === sourceRepository &&
        one.sourceBranch === sourceBranch &&
        one.targetBranch === targetBranch,
    );
  if (other !== undefined) throw duplicate(other);
  state.addSystemNote(mergeRequest, "reopened", user);
  await store.reopenMergeRequest(mergeRequest, user);
}

export function duplicate({ number }: SandboxMergeRequest) {
  return conflict([`Another open merge request already exists for this source branch: !${number}`]);
}

/** Approves it once; a second time changes nothing. */
export function approve({ store, state, user }: Acting, mergeRequest: SandboxMergeRequest): void {
  if (approvalBy(store, mergeRequest, user) !== undefined) return;
  store.addReview(mergeRequest, { verdict: "approved", body: "" }, user);
  state.addSystemNote(mergeRequest, "approved this merge request", user);
}

export function unapprove({ store, state, user }: Acting, mergeRequest: SandboxMergeRequest): void {
  const approval = approvalBy(store, mergeRequest, user);
  if (approval === undefined) return;
  store.withdrawReview(mergeRequest, approval, user);
  state.addSystemNote(mergeRequest, "unapproved this merge request", user);
}

export function approvalBy(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
  { id }: SandboxUser,
): SandboxReview | undefined {
  return store.reviews(mergeRequest).find(({ author }) => author.id === id);
}

export interface HowToMerge {
  readonly squash?: boolean | undefined;
  readonly message?: string | undefined;
  readonly squashMessage?: string | undefined;
  readonly removeSourceBranch?: boolean | undefined;
}

/** Merges what can be merged, and tells why not. */
export async function merge(
  { store, state, user }: Acting,
  mergeRequest: SandboxMergeRequest,
  how: HowToMerge,
): Promise<"merged" | "not-mergeable" | "conflict"> {
  if (!isMergeableState(store, mergeRequest)) return "not-mergeable";
  const extras = state.extras(mergeRequest);
  const squash = how.squash ?? extras.squash;
  const message = squash ? how.squashMessage : how.message;
  const outcome = await store.merge(
    mergeRequest,
    { squash, ...(message === undefined ? {} : { message }) },
    user,
  );
  if (outcome !== "merged") return outcome === "conflict" ? "conflict" : "not-mergeable";
  extras.squashed = squash;
  state.addSystemNote(mergeRequest, "merged", user);
  if (how.removeSourceBranch ?? extras.removeSourceBranch)
    await removeSourceBranch(store, mergeRequest, user);
  return "merged";
}

/** Whether anything but the contents stands against a merge. */
export function isMergeableState(store: SandboxStore, mergeRequest: SandboxMergeRequest): boolean {
  const { state, draft } = mergeRequest;
  return state === "open" && !draft && detailedMergeStatus(store, mergeRequest) !== "commits_status";
}

async function removeSourceBranch(
  store: SandboxStore,
  { sourceRepository, sourceBranch: name }: SandboxMergeRequest,
  by: SandboxUser,
): Promise<void> {
  const repository = sourceRepository === undefined ? undefined : store.repositoryById(sourceRepository);
  if (repository === undefined || store.access(by, repository) === "read") return;
  if (name !== repository.defaultBranch) await store.deleteBranch(repository, { name, by });
}
