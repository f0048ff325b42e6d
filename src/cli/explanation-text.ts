import type { MergeRequest } from "../domain/merge-request.js";
import { mergeRequestName, repositoryName, shortCommit } from "../domain/refs.js";
import type { Preview } from "../linking/mirror/carry.js";
import type { Explanation, NextStep, NothingBecause, Previewed } from "../linking/explaining/explanation.js";
import type { TrustFacts } from "../linking/trust/trust.js";
import { trustLine } from "../linking/wording/trust-wording.js";
import type { LaneJob } from "../queue/jobs-view.js";
import { plainText } from "./plain-text.js";
import type { Explained } from "./service.js";

/** For people: a few lines, the answer first. */
export function explanationText({ explanation, jobs, prefix }: Explained): string {
  const { sourceGit, said, notes } = explanation;
  const rows: (readonly [string, readonly string[]])[] = [
    ["next", [nextText(explanation.next, prefix)]],
    ["source-git", [requestText(sourceGit), sourceGit.webUrl]],
    ["link", linkLines(explanation)],
    ["pair", pairLines(explanation)],
    ["trust", trustLines(explanation)],
    ["conversion", conversionLines(explanation.conversion)],
    ["policies", policyLines(explanation)],
    [
      "last said",
      [...(said === undefined ? [] : [said]), ...notes.map((note) => plainText(note, { addresses: true }))],
    ],
    ["jobs", jobs.map(jobText)],
  ];
  const shown = rows.filter(([, lines]) => lines.length > 0);
  return shown.map(([name, lines]) => row(name, lines)).join("");
}

const width = 12;

function row(name: string, lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line, index) => `${(index === 0 ? name : "").padEnd(width)}${harmless(line)}\n`)
    .join("");
}

/** Titles and messages are others' texts: none of them may steer a terminal. */
function harmless(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}]/gu, "?");
}

const nothing: Readonly<Record<NothingBecause, string>> = {
  "not-linked": "no link carries its target branch",
  "never-mirrored": "it ended before it was mirrored",
  ended: "both sides are left as they are",
  mirrored: "dist-git stands for its head already",
  reopened: "dist-git merged it, and people opened it again after Sluice had closed it",
  "stopped-in-dist": "people closed the dist-git side; reopening it there goes on",
  "pushed-in-dist":
    "people pushed to the dist-git branch, and it is theirs until its comment's way out is taken",
  "nothing-to-mirror": "dist-git would not change",
};

const waits = {
  resume: (prefix: string) => `somebody paused it; \`${prefix} resume\` goes on`,
  maintainer: (prefix: string) => `a maintainer has to look at its head; \`${prefix} trust\` goes on`,
  forge: () => "a forge does not answer or does not hand out the head yet; Sluice tries again by itself",
  ci: () => "dist-git's CI has to be green",
} as const;

const doings = {
  open: "it is converted, and a dist-git merge request is opened",
  update: "it is converted anew, and the dist-git merge request is updated",
  reopen: "it is converted anew, and the dist-git merge request is opened again",
  withdraw: "the dist-git merge request is closed",
} as const;

function nextText(next: NextStep, prefix: string): string {
  switch (next.step) {
    case "nothing":
      return `Nothing: ${nothing[next.because]}.`;
    case "wait":
      return `Waits: ${waits[next.for](prefix)}.`;
    case "refuse":
      return "It cannot be converted; its author is told, and a new push tries again.";
    case "mirror":
      return `On the next event ${doings[next.how]}.`;
    case "end":
      return `On the next event the other side follows: ${next.policy}.`;
  }
}

function requestText({ ref, title, state, draft, author, head }: MergeRequest): string {
  const name = mergeRequestName(ref);
  return `${name} "${title}", ${draft ? "draft, " : ""}${state}, by ${author.login}, head ${shortCommit(head)}`;
}

function linkLines({ route, sourceGit }: Explanation): readonly string[] {
  if (!route)
    return [`none for branch ${sourceGit.targetBranch} of ${repositoryName(sourceGit.ref.repository)}`];
  const { link, targetBranch } = route;
  const sides = `${repositoryName(link.sourceGit)} -> ${repositoryName(link.distGit)} (${link.entry.layout})`;
  return [sides, `branch ${sourceGit.targetBranch} -> ${targetBranch}`];
}

function pairLines({ pair, dist }: Explanation): readonly string[] {
  if (!pair) return ["none yet"];
  const { distGit, state, mirroredHead, pushedCommit, pausedBy, waiting } = pair;
  const request = dist ? requestText(dist) : `no merge request in ${repositoryName(distGit.repository)} yet`;
  const done =
    mirroredHead === undefined ? "nothing mirrored yet" : `mirrored up to ${shortCommit(mirroredHead)}`;
  const pushed =
    pushedCommit === undefined ? "" : `, pushed ${shortCommit(pushedCommit)} to ${distGit.branch}`;
  return [
    request,
    `state ${state}, ${done}${pushed}`,
    ...(pausedBy === undefined ? [] : [`paused by ${pausedBy}`]),
    ...(waiting === undefined
      ? []
      : [`${shortCommit(waiting.head)} waits for a maintainer since ${waiting.since.toISOString()}`]),
  ];
}

function trustLines({ trust }: Explanation): readonly string[] {
  if (!trust) return [];
  return [trustLine(trust.decision), ...factLines(trust.facts)];
}

function factLines({ policy, author, origin, access, words, sensitive }: TrustFacts): readonly string[] {
  const places = {
    repository: "the repository itself",
    "own-fork": "a fork of its author's own",
    "other-fork": "another fork",
  };
  const level = access === undefined ? "" : `; ${author} has ${access} access`;
  const heard = words.map(({ by, commit }) => `${by} for ${shortCommit(commit)}`).join(", ");
  return [
    `the link trusts ${policy.trust}; its branch is in ${places[origin]}${level}`,
    ...(heard === "" ? [] : [`words: ${heard}`]),
    ...(sensitive.length === 0 ? [] : [`sensitive paths: ${sensitive.join(", ")}`]),
  ];
}

function conversionLines(conversion: Previewed | undefined): readonly string[] {
  if (!conversion) return [];
  if (conversion.outcome === "unavailable") return [`not known now: ${conversion.reason}`];
  if (conversion.outcome === "converted") return previewLines(conversion.preview);
  const { message, where, remedy } = conversion.complaint;
  return [
    `refused: ${message}`,
    ...(where === undefined ? [] : [`in ${where}`]),
    ...(remedy === undefined ? [] : [remedy]),
  ];
}

function previewLines({ changed, patches, files, warnings }: Preview): readonly string[] {
  const kept = patches.filter(({ change }) => change === "kept").length;
  const news = patches.filter(({ change }) => change !== "kept");
  return [
    changed ? `${kept} patches kept, ${news.length} new or changed` : "dist-git would stay as it is",
    ...news.map(({ change, file }) => `${change} patch ${file}`),
    ...files
      .filter(({ path }) => !news.some(({ file }) => path.endsWith(file)))
      .map(({ path, change }) => `${change} ${path}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function policyLines({ route }: Explanation): readonly string[] {
  if (!route) return [];
  const { afterSourceMerge, afterDistMerge, via, results, labels, ...lists } = route.link.entry;
  return [
    `after-source-merge: ${afterSourceMerge}; after-dist-merge: ${afterDistMerge}; via: ${via}; results: ${results}`,
    ...(afterSourceMerge === "merge-when-green" && lists.mergeWithoutCi !== "never"
      ? [`merge-without-ci: ${lists.mergeWithoutCi / 60_000} minutes`]
      : []),
    ...(labels.length === 0 ? [] : [`labels: ${labels.join(", ")}`]),
    ...(lists.requiredResults.length === 0 ? [] : [`required-results: ${lists.requiredResults.join(", ")}`]),
    ...(lists.sensitivePaths.length === 0 ? [] : [`sensitive-paths: ${lists.sensitivePaths.join(", ")}`]),
  ];
}

function jobText({ kind, state, attempt, runAt, error }: LaneJob): string {
  const when = state === "waiting" ? ` until ${runAt.toISOString()}` : "";
  // Behind the message stands where it was thrown.
  const [message] = error?.split("\n") ?? [];
  const wrong = message === undefined ? "" : `: ${message}`;
  return `${kind} ${state}${when}, try ${attempt}${wrong}`;
}

/** For programs: the same parts under fixed keys, `null` where there is nothing to say. */
export function explanationJson({ explanation, jobs }: Explained): string {
  const { asked, sourceGit, dist, route, pair, trust, conversion, said, notes, next } = explanation;
  const answer = {
    asked,
    next,
    sourceGit: requestJson(sourceGit),
    distGit: dist ? requestJson(dist) : null,
    link: route
      ? {
          sourceGit: repositoryName(route.link.sourceGit),
          distGit: repositoryName(route.link.distGit),
          targetBranch: route.targetBranch,
          policies: route.link.entry,
        }
      : null,
    pair: pair ?? null,
    trust: trust ? { ...trust.decision, facts: { ...trust.facts, policy: undefined } } : null,
    conversion: conversion ?? null,
    said: said ?? null,
    notes,
    jobs,
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

function requestJson({ ref, title, state, draft, author, head, targetBranch, webUrl }: MergeRequest) {
  return {
    name: mergeRequestName(ref),
    url: webUrl,
    title,
    state,
    draft,
    author: author.login,
    head,
    targetBranch,
  };
}
