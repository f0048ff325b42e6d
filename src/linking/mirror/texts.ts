import { createHash } from "node:crypto";
import { UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { Forge, MergeRequestChange } from "../../forges/forge.js";
import { followingLabels, type LabelChange, labelChange, noLabels, type ShownLabels } from "./labels.js";
import type { Link } from "../links/links.js";
import { namedInDistGit } from "../links/people.js";
import type { Pair, Pairs, ShownTexts } from "../pairs/pairs.js";
import { mirrorDescription, mirrorTitle, withOwnPart } from "../wording/wording.js";

/** A pair whose source-git merge request may say something else by now. */
export interface Saying {
  readonly link: Link;
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
}

/** The same with its counterpart, which is to say it, too. */
export interface Telling extends Saying {
  readonly counterpart: MergeRequest;
}

export interface TextServices {
  readonly pairs: Pairs;
  readonly forge: Forge;
  /** Says in the comment why labels could not follow; `undefined` when they could. */
  readonly noteLabels: (reason: string | undefined) => Promise<void>;
}

/** Whether the counterpart was already given the title, description, draft and labels that source-git shows. */
export function areCarried(saying: Saying): boolean {
  return saying.pair.shown?.texts === fingerprint(saying);
}

/**
 * The counterpart's title, description, draft and labels follow source-git's, but for what people in dist-git changed: a
 * title or draft that is not the one Sluice gave is theirs, a label that Sluice did not put there is theirs, and of the
 * description only the marked part is Sluice's.
 */
export async function carryTexts(services: TextServices, telling: Telling): Promise<MergeRequest> {
  const { pairs, forge } = services;
  const { pair, counterpart } = telling;
  const labels = dueLabels(forge, telling);
  const change = dueChange(forge, telling);
  if (labels.add.length > 0) await pairs.update(pair, { shown: giving(telling, labels) });
  const changed =
    Object.keys(change).length === 0 ? counterpart : await forge.updateMergeRequest(counterpart.ref, change);
  await changeLabels(services, changed, changedLabels(labels));
  await pairs.update(pair, {
    shown: {
      ...given(telling, { changed, change }),
      texts: fingerprint(telling),
      labels: { given: labels.given, giving: [] },
    },
  });
  return changed;
}

/** A label that the forge does not take keeps nothing else back; it is told of, and tried again once labels change. */
async function changeLabels(
  { forge, noteLabels }: TextServices,
  { ref }: MergeRequest,
  change: MergeRequestChange,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  try {
    await forge.updateMergeRequest(ref, change);
    await noteLabels(undefined);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await noteLabels(error.message);
  }
}

/**
 * What was just given counts as the forge keeps it, which may cut it or take a word off. So does what is as source-git wants
 * it: Sluice may have been killed before it recorded that.
 */
function given(
  { pair: { shown }, mergeRequest }: Telling,
  {
    changed: { title, draft },
    change,
  }: { readonly changed: MergeRequest; readonly change: MergeRequestChange },
): Pick<ShownTexts, "title" | "draft"> {
  const isTitleOurs = change.title !== undefined || title === mirrorTitle(mergeRequest);
  const isDraftOurs = change.draft !== undefined || draft === mergeRequest.draft;
  return {
    title: isTitleOurs ? title : (shown?.title ?? title),
    draft: isDraftOurs ? draft : (shown?.draft ?? draft),
  };
}

function dueChange(forge: Forge, { link, pair, mergeRequest, counterpart }: Telling): MergeRequestChange {
  const { shown } = pair;
  const title = mirrorTitle(mergeRequest);
  const description = withOwnPart(
    counterpart.description,
    mirrorDescription(mergeRequest, {
      limit: forge.capabilities.descriptionLength,
      author: namedInDistGit(link, mergeRequest.author.login),
    }),
  );
  const isOurs = counterpart.title === (shown?.title ?? counterpart.title);
  const draft = counterpart.draft === shown?.draft && mergeRequest.draft !== shown.draft;
  return {
    ...(isOurs && title !== counterpart.title ? { title } : {}),
    ...(description === counterpart.description ? {} : { description }),
    ...(draft ? { draft: mergeRequest.draft } : {}),
  };
}

function dueLabels({ capabilities }: Forge, { link, pair, mergeRequest, counterpart }: Telling): LabelChange {
  const wanted = followingLabels(mergeRequest, {
    prefixes: link.entry.labels,
    length: capabilities.labelLength,
  });
  const shown: ShownLabels = pair.shown?.labels ?? noLabels;
  return labelChange(wanted, { present: counterpart.labels, shown });
}

function changedLabels({ add, remove }: LabelChange): MergeRequestChange {
  return {
    ...(add.length === 0 ? {} : { addLabels: add }),
    ...(remove.length === 0 ? {} : { removeLabels: remove }),
  };
}

/** What is shown now, and the labels that come next. */
function giving({ pair: { shown }, counterpart }: Telling, { add }: LabelChange): ShownTexts {
  const { title, draft } = counterpart;
  const now = shown ?? { title, draft, texts: "", labels: noLabels };
  return { ...now, labels: { ...now.labels, giving: add } };
}

/** One that knows no labels stays as it was before labels followed. */
function fingerprint({ link, mergeRequest }: Saying): string {
  const { title, description, draft } = mergeRequest;
  const labels = followingLabels(mergeRequest, { prefixes: link.entry.labels, length: Infinity });
  return createHash("sha256")
    .update(JSON.stringify([title, description, draft, ...labels]))
    .digest("hex");
}
