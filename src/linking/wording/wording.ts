import type { Complaint } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { type MergeRequestRef, repositoryName } from "../../domain/refs.js";
import type { Counterpart } from "../telling/progress.js";
import { plainName, shortened } from "./cells.js";
import { defuseMessage, defuseText, defuseTitle } from "./defuse.js";
import { enclosed } from "./enclosed.js";

/** Names, titles and descriptions that Sluice gives; what it says of a pair is in `progress-wording.ts`. */

/** The context of Sluice's own commit status. */
export const statusContext = "sluice";

/** The topic of Sluice's one comment on a source-git merge request. */
export const commentTopic = "mirror";

/** What both forges take as the name of a status. */
const contextLength = 255;

/**
 * The status context under which a dist-git result appears in source-git: the dist side's own name, told apart. A `mark` is
 * borne by the statuses of all merge requests of one commit but the first: ` !12`.
 */
export function relayedContext(context: string, mark = ""): string {
  return shortened(`${wholeContext}${mark}/${plainName(context)}`, contextLength);
}

/** The context of dist-git's CI as a whole. */
export const wholeContext = "dist-git";

/** The context of what is wrong with a proposed `.sluice.yml`. */
export const configContext = "sluice/config";

/** The name that a relayed context has in dist-git. */
export function ownName(context: string): string {
  return context.replace(/^dist-git(?: [!#]\d+)?\//, "");
}

/** Whether a dist-git result of this name has that context in source-git, where its name may be cut or made harmless. */
export function isShownAs(context: string, name: string): boolean {
  const [, mark = ""] = /^dist-git( [!#]\d+)?\//.exec(context) ?? [];
  return context === relayedContext(name, mark);
}

/** Whether it is the context of dist-git's CI as a whole, of whichever merge request. */
export function isWholeContext(context: string): boolean {
  return /^dist-git(?: [!#]\d+)?$/.test(context);
}

/** Whether a status of this context was set by Sluice. */
export function isOurContext(context: string): boolean {
  return context === configContext || /^sluice(?: [!#]\d+)?$|^dist-git(?: [!#]\d+)?(?:\/|$)/.test(context);
}

/** The dist-git branch that Sluice pushes for a source-git merge request. */
export function mirrorBranch({ repository, number }: MergeRequestRef): string {
  const name = repository.path
    .split("/")
    .at(-1)
    ?.replace(/[^\w-]+/g, "-");
  return `sluice/${name ?? "merge-request"}-${number}`;
}

/** The title of the dist-git merge request. */
export function mirrorTitle({ title }: MergeRequest): string {
  return defuseTitle(title);
}

/** Sluice's own part of a description, which follows source-git; what people write around it stays. */
export const ownPart = { begin: "<!-- sluice:mirrored -->", end: "<!-- /sluice:mirrored -->" };

/** A description with Sluice's part replaced by that of another; where people took its marks away, it stays as it is. */
export function withOwnPart(description: string, mirrored: string): string {
  const begin = description.indexOf(ownPart.begin);
  const end = description.indexOf(ownPart.end, begin);
  if (begin < 0 || end < 0) return description;
  return description.slice(0, begin) + mirrored + description.slice(end + ownPart.end.length);
}

/** The description of the dist-git merge request: the original, made harmless, and where it comes from. */
export function mirrorDescription(
  mergeRequest: MergeRequest,
  { limit, author }: { readonly limit: number; readonly author: string },
): string {
  const footer =
    `Mirrored by Sluice from [merge request ${mergeRequest.ref.number} of ` +
    `${repositoryName(mergeRequest.ref.repository)}](${mergeRequest.webUrl}), opened there by ${author}. Please discuss ` +
    "changes there: this branch is written anew with every push to it.";
  const begin = `${ownPart.begin}\n`;
  const end = `${footer}\n${ownPart.end}`;
  const line = "\n\n---\n\n";
  // The forge would cut at the end, where the way back is.
  const room = limit - begin.length - line.length - end.length;
  // What is cut may be open where it was not, and a quotation may be cut anywhere.
  const original = shortened(enclosed(shortened(defuseText(mergeRequest.description).trim(), room)), room);
  return begin + (original === "" ? end : original + line + end);
}

/** The message of the dist-git commit; the conversion adds its trailer. */
export function mirrorCommitMessage(mergeRequest: MergeRequest): string {
  const description = defuseMessage(mergeRequest.description).trim();
  const subject = defuseTitle(mergeRequest.title);
  return description === "" ? subject : `${subject}\n\n${description}`;
}

/** Said where a new one takes its place. */
export function notReopened({ ref, sigil }: Counterpart, reason: string): string {
  return `${ref.repository.path}${sigil}${ref.number} could not be opened again (${reason}), so this is a new one`;
}

export function missingDistGit(repository: string): Complaint {
  return {
    message: `dist-git ${repository} is not there, or Sluice may not see it`,
    where: repository,
    remedy: `Check that it exists and that Sluice's account may read and push to it, or name another one in sluice.yml.`,
  };
}

export function missingTargetBranch(repository: string, branch: string): Complaint {
  return {
    message: `dist-git has no branch ${branch}`,
    where: repository,
    remedy: `Create branch ${branch} in ${repository}, or map the source branch to another one in sluice.yml.`,
  };
}

/** A paragraph of the comment: dist-git's forge did not take the labels, for a reason in its own words. */
export function refusedLabels(reason: string): string {
  return `Labels could not follow to dist-git: ${defuseText(reason).replace(/\s+/g, " ")}.`;
}
