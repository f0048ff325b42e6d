import { readTrailers, type Trailer } from "../../git/trailers.js";
import type { HistoryCommit } from "./history.js";

/** A commit that is converted again is the same object, as long as the store's memory holds it. */
const known = new WeakMap<Pick<HistoryCommit, "message">, readonly Trailer[]>();

/** The trailers of a listed commit, which many ask for. */
export function trailersOf(commit: Pick<HistoryCommit, "message">): readonly Trailer[] {
  const trailers = known.get(commit);
  if (trailers !== undefined) return trailers;
  const fresh = readTrailers(commit.message);
  known.set(commit, fresh);
  return fresh;
}

/** The values of one of its trailers, newest (last) first. */
export function trailerOf(commit: Pick<HistoryCommit, "message">, name: string): readonly string[] {
  const trailers = trailersOf(commit);
  if (trailers.length === 0) return nothing;
  return trailers
    .filter(({ key }) => key.toLowerCase() === name.toLowerCase())
    .map(({ value }) => value)
    .reverse();
}

const nothing: readonly string[] = [];
