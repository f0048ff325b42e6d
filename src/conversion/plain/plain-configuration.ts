import { z } from "zod";
import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findConfigurationFile, ownFiles, type ConfigurationFile } from "../configuration-file.js";
import { readGlobs, type Matches } from "./globs.js";

/** What `.distro/source-git.yaml` says of a layout `plain`; a source-git without the file says nothing. */
export interface PlainConfiguration {
  /** Whether a path of source-git's tree is one of dist-git's, too. */
  readonly carries: Matches;
  /** Whether dist-git alone has the path. */
  readonly keeps: Matches;
  /** Whether nothing but the configuration itself is left out. */
  readonly whole: boolean;
  /** `shared`: dist-git gets the very commits, this file among them; `copied`: commits of its own. */
  readonly history: "shared" | "copied";
}

const globs = z.union([z.string().transform((glob) => [glob]), z.array(z.string())]);
const schema = z.object({
  include: globs.optional(),
  exclude: globs.default([]),
  keep: globs.default([]),
  history: z.enum(["shared", "copied"]).default("copied"),
});

const none: Matches = () => false;
const isOwn: Matches = (path) => ownFiles.includes(path);

export const defaultConfiguration: PlainConfiguration = {
  carries: (path) => !isOwn(path),
  keeps: none,
  whole: true,
  history: "copied",
};

/** Reads the configuration of a source-git commit. Throws `UserError` ("invalid") naming file, line and key. */
export async function readPlainConfiguration(
  store: ObjectStore,
  commit: CommitId,
): Promise<PlainConfiguration> {
  const file = await findConfigurationFile(store, commit);
  // A file that names another layout, or none, may be upstream's own and mean other things.
  const layout = file?.read(z.object({ layout: z.unknown().optional() })).layout;
  return file === undefined || layout !== "plain" ? defaultConfiguration : interpret(file);
}

function interpret({ read, where }: ConfigurationFile): PlainConfiguration {
  const { include, exclude, keep, history } = read(schema);
  const whole = include === undefined && exclude.length === 0 && keep.length === 0;
  if (history === "shared" && !whole) {
    throw new UserError("invalid", {
      message: "include, exclude and keep cannot be used with a shared history",
      where: where(["history"]),
      remedy: "The very commits have the very files: drop these keys, or write history: copied.",
    });
  }
  const includes = include && readGlobs(include, where(["include"]));
  const excludes = readGlobs(exclude, where(["exclude"]));
  const keeps = readGlobs(keep, where(["keep"]));
  const carries: Matches = (path) =>
    !isOwn(path) && !keeps(path) && !excludes(path) && (includes === undefined || includes(path));
  return { carries, keeps, whole, history };
}
