import { posix } from "node:path";
import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { listFiles, type TreeFile } from "../../git/trees.js";
import type { PresentPatch } from "../patches/matching.js";
import type { PatchSide } from "../patches/patch-side.js";
import { patchIdentity } from "../patches/patch-text.js";
import { parseSpec } from "./spec-lines.js";
import { readPatchTags, type ReadSpec } from "./spec-tags.js";

/** dist-git at one commit, with its spec. */
export interface DistSide extends PatchSide {
  /** Where the spec is, or will be. */
  readonly specPath: string;
  /** `undefined` when there is no spec yet. */
  readonly spec: ReadSpec | undefined;
  /** The bytes of the spec as latin1. */
  readonly specText: string | undefined;
}

/** Largest spec that is read: 10 MB. */
export const largestSpec = 10 * 1024 ** 2;

/** Reads dist-git in either shape: all files at the top, or `SPECS/` and `SOURCES/`. */
export async function readDistSide(
  store: ObjectStore,
  commit: CommitId,
  sourceSpec: string,
): Promise<DistSide> {
  const files = new Map((await listFiles(store, commit)).map((file) => [file.path, file]));
  const split = [...files.keys()].some((path) => /^SPECS\/[^/]+\.spec$/.test(path));
  const specPath = chooseSpec([...files.keys()], split ? "SPECS/" : "", posix.basename(sourceSpec));
  const patchFolder = split ? "SOURCES/" : "";
  const entry = files.get(specPath);
  if (entry !== undefined && !entry.mode.startsWith("100")) throw noFile(specPath);
  const bytes = entry && (await store.readBlob(entry.id, largestSpec));
  const specText = bytes?.toString("latin1");
  const spec = specText === undefined ? undefined : readPatchTags(parseSpec(specText), specPath);
  const readable = spec?.patches.filter(({ trouble }) => trouble === undefined);
  const named = new Set(readable?.map(({ file }) => file));
  const patchFiles = [...files.values()].filter(
    ({ path, mode }) =>
      mode !== "120000" &&
      mode !== "160000" &&
      ((path.startsWith(patchFolder) && named.has(path.slice(patchFolder.length))) ||
        (posix.dirname(`${patchFolder}x`) === posix.dirname(path) && /\.(?:patch|diff)$/.test(path))),
  );
  const patches = await Promise.all(patchFiles.map((file) => readPatch(store, file, patchFolder)));
  const reserves = (file: string) =>
    `${patchFolder}${file}` === specPath || file === "sources" || /^\.git/i.test(file);
  return { commit, files, specPath, patchFolder, spec, specText, patches, named, reserves };
}

async function readPatch(store: ObjectStore, { path, id }: TreeFile, folder: string): Promise<PresentPatch> {
  const shelf = store.memory.shelf<Buffer>("patch file", ({ length }) => length);
  const content = shelf.recall(id) ?? (await store.readBlob(id));
  shelf.keep(id, content);
  return {
    file: path.slice(folder.length),
    id,
    content,
    get identity() {
      return patchIdentity(content);
    },
  };
}

function noFile(specPath: string): UserError {
  return new UserError("unsupported", {
    message: `dist-git's ${specPath} is a link or a submodule`,
    where: specPath,
    remedy: "Make it an ordinary file.",
  });
}

function chooseSpec(paths: readonly string[], folder: string, wanted: string): string {
  const specs = paths.filter(
    (path) => path.endsWith(".spec") && posix.dirname(path) === posix.dirname(`${folder}x`),
  );
  const [only] = specs;
  if (specs.includes(`${folder}${wanted}`) || only === undefined) return `${folder}${wanted}`;
  if (specs.length === 1) return only;
  throw new UserError("invalid", {
    message: `dist-git has ${specs.length} specs and none is called ${wanted}`,
    where: specs.join(", "),
    remedy: "Set specfile_path in .distro/source-git.yaml to the spec that is meant.",
  });
}
