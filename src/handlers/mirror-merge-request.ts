import type { SourceFile } from "../config/source-file.js";
import type { MergeRequest } from "../domain/merge-request.js";
import { type Outcome, skipped } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import { leadsTo } from "../linking/homecoming/home-routes.js";
import { homecomingOf } from "../linking/homecoming/homecoming-of.js";
import { sourceFileNote, sourceFileStatus } from "../linking/wording/source-file-wording.js";
import { homeJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Makes the dist-git side of a pair agree with what its source-git merge request is now. */
export async function mirrorMergeRequest(
  { mergeRequest: ref }: { readonly mergeRequest: MergeRequestRef },
  services: Services,
): Promise<Outcome> {
  const { forges, links, pairs, mirror, queue, narrowings } = services;
  if (links.from(ref.repository).length === 0) return mirrorUnlinked(ref, services);
  await services.sweeps.know(ref.repository);

  // Webhooks arrive late, twice and out of order; only the forge knows the present state.
  const mergeRequest = await forges.for(ref.repository).findMergeRequest(ref);
  if (!mergeRequest) return loseSource(ref, services);
  await services.whereabouts.confirm(ref.repository, mergeRequest.repositoryId);

  const home = await homecomingOf(services.homecomings, mergeRequest);
  if (home) {
    await queue.add([homeJob(home.distGit)]);
    return skipped("it brings home what dist-git has already");
  }
  const own = await narrowings.refresh(ref.repository);
  const from = links.from(ref.repository);
  if (mergeRequest.state === "open") {
    const opened = await mirror.open(from, mergeRequest);
    await tellOfOwnFile(own, mergeRequest, services);
    return opened;
  }

  const pair = await pairs.withSourceGit(ref);
  if (!pair) return skipped("ended before it was mirrored");
  const outcome = await mirror.end(from, pair, mergeRequest);
  await goOn(mergeRequest, services);
  return outcome;
}

/** Of a repository that is linked by a name that it had before, its merge requests hear why nothing happens. */
async function mirrorUnlinked(ref: MergeRequestRef, services: Services): Promise<Outcome> {
  const { forges, pairs, mirror, stranding } = services;
  const renamed = await stranding.ofSource(ref.repository);
  if (!renamed) return skipped("repository is not the source-git side of a link");
  const mergeRequest = await forges.for(ref.repository).findMergeRequest(ref);
  if (!mergeRequest) return loseSource(ref, services);
  const pair = await pairs.withSourceGit(ref);
  if (mergeRequest.state === "open") return stranding.stop(renamed, pair, mergeRequest);
  return pair ? mirror.end([], pair, mergeRequest) : skipped("ended before it was mirrored");
}

/** What was open waits: it may come back, or be seen again. */
async function loseSource(ref: MergeRequestRef, { pairs, report }: Services): Promise<Outcome> {
  const orphan = await pairs.withSourceGit(ref);
  if (orphan) await report.tellLost(orphan);
  if (orphan && ["opening", "open"].includes(orphan.state)) await pairs.update(orphan, { state: "stopped" });
  return skipped("merge request no longer exists");
}

/** What is wrong with the repository's own `.sluice.yml`, and with the one that the merge request proposes. */
async function tellOfOwnFile(
  { problems }: SourceFile,
  mergeRequest: MergeRequest,
  { forges, pairs, narrowings, report }: Services,
): Promise<void> {
  const { ref, head } = mergeRequest;
  const pair = await pairs.withSourceGit(ref);
  if (pair) await report.note(pair, "configuration", sourceFileNote(problems));
  const proposed = await narrowings.proposed(mergeRequest);
  if (!proposed) return;
  const status = sourceFileStatus(proposed.problems);
  await forges.for(ref.repository).ensureCommitStatuses({ mergeRequest, commit: head }, [status]);
}

/** dist-git's own changes may have waited for the end of this merge request. */
async function goOn(
  { ref, targetBranch }: MergeRequest,
  { links, homecomings, queue }: Services,
): Promise<void> {
  const there = leadsTo(links, { repository: ref.repository, branch: targetBranch });
  if (there === undefined) return;
  const waiting = (await homecomings.from(there)).some(({ state }) => state === "waiting");
  if (waiting) await queue.add([homeJob(there)]);
}
