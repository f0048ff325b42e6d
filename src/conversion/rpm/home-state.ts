import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { DistToSource } from "../layout.js";
import type { HomeState, HomeStep } from "../patches/bring-home.js";
import type { SeriesPatch } from "../patches/series-trees.js";
import { appliedPatches } from "./applied-patches.js";
import { readDistSide } from "./dist-side.js";
import type { SourceSide } from "./source-side.js";
import type { StartSide } from "./start-distro.js";
import { applyAll } from "./start-patches.js";

/** dist-git at one commit, as source-git would have it. */
export interface RpmState extends HomeState {
  readonly commit: CommitId;
  readonly side: StartSide;
  /** The files that the spec applies, whether they do apply or not. */
  readonly named: ReadonlySet<string>;
}

/** A dist-git commit whose files are carried over. */
export interface Carrying extends HomeStep<RpmState> {
  readonly request: DistToSource;
  readonly here: SourceSide;
}

export interface CarriedFiles {
  readonly tree: string;
  readonly warnings: readonly string[];
}

export interface StateRequest extends Pick<DistToSource, "source" | "dist" | "committer"> {
  readonly here: SourceSide;
  /** Patch files that source-git has as files, though the spec applies them. */
  readonly held: ReadonlySet<string>;
}

/** Reads states; what a series makes of the base is found out once. */
export class StateReader {
  readonly #request: StateRequest;
  readonly #applied = new Map<string, Promise<readonly SeriesPatch[]>>();

  constructor(request: StateRequest) {
    this.#request = request;
  }

  /** Throws `UserError` naming the commit for a dist-git without a spec that can be read. */
  async read(commit: CommitId): Promise<RpmState> {
    const { held } = this.#request;
    const whole = await this.#readSide(commit);
    const side = { ...whole, patches: whole.patches.filter(({ file }) => !held.has(file)) };
    const contents = new Map(side.patches.map(({ file, id }) => [file, id]));
    const listed = appliedPatches(side.spec).filter(
      ({ file, appliedBy }) => appliedBy !== undefined && contents.has(file),
    );
    const series = JSON.stringify(
      listed.map(({ file, strip, folder, fuzz, reverse, condition }) => [
        ...[file, contents.get(file), strip, folder, fuzz, reverse],
        condition,
      ]),
    );
    return {
      ...{ commit, side, series },
      named: new Set(listed.map(({ file }) => file)),
      patches: () => this.#apply(series, side),
    };
  }

  async #readSide(commit: CommitId): Promise<StartSide> {
    const { dist, here } = this.#request;
    const { spec, ...side } = await readDistSide(dist, commit, here.specPath);
    if (spec !== undefined) return { ...side, spec };
    throw new UserError("conflict", {
      message: `dist-git's commit ${shortCommit(commit)} has no spec`,
      where: side.specPath,
      remedy: "Name the commits to carry as RANGE (OLD..NEW), beginning where dist-git has one.",
    });
  }

  #apply(series: string, side: StartSide): Promise<readonly SeriesPatch[]> {
    const known = this.#applied.get(series) ?? this.#applyAnew(side);
    this.#applied.set(series, known);
    return known;
  }

  async #applyAnew(side: StartSide): Promise<readonly SeriesPatch[]> {
    const { source, dist, committer, here } = this.#request;
    const { upstreamRef } = here.configuration;
    const start = { source, base: here.base, upstreamRef, dist, tip: side.commit, committer };
    try {
      const { applied } = await applyAll(start, side);
      return applied.map(({ patch: { file, strip, folder, fuzz, reverse }, content }) => ({
        ...{ file, content, strip, folder, fuzz, reverse },
      }));
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== "conflict") throw error;
      const { message, where, remedy } = error;
      throw new UserError(
        "conflict",
        { message: `dist-git's commit ${shortCommit(side.commit)}: ${message}`, where, remedy },
        { cause: error },
      );
    }
  }
}
