import type { ObjectStore, Signature } from "../../git/object-store.js";
import { listBringers } from "../patches/bringers.js";
import type { PresentPatch } from "../patches/matching.js";
import { readPatchHead } from "../patches/patch-head.js";
import { patchFolder, type QuiltSide } from "./quilt-side.js";

/** What a patch becomes in the words of a commit. */
interface CommitText {
  readonly author: Signature;
  readonly message: string;
}

/**
 * The author and the message of each patch: what its header says, else who brought it into dist-git and the name of the
 * file. The same patch gives the same text for ever, so a text that differs was changed by somebody.
 */
export async function commitTextOf(
  dist: ObjectStore,
  { commit, patches }: QuiltSide,
): Promise<(patch: Pick<PresentPatch, "file" | "content">) => CommitText> {
  const heads = new Map(patches.map((patch) => [patch.file, readPatchHead(patch.content)]));
  const complete = [...heads.values()].every(
    ({ author, date }) => author !== undefined && date !== undefined,
  );
  const brought = complete
    ? new Map<string, Signature>()
    : await listBringers(dist, { commit, paths: [patchFolder] });
  const { author: otherwise } = await dist.readCommit(commit);
  return ({ file, content }) => {
    const head = heads.get(file) ?? readPatchHead(content);
    const bringer = brought.get(`${patchFolder}${file}`) ?? otherwise;
    const author = { ...(head.author ?? bringer), date: head.date ?? bringer.date };
    return { author, message: messageOf(file, content) };
  };
}

/** The message that a patch of this content becomes. */
export function messageOf(file: string, content: Buffer): string {
  const { message, prose } = readPatchHead(content);
  if (message !== undefined) return message;
  return prose === undefined ? `${subjectFrom(file)}\n` : `${subjectFrom(file)}\n\n${prose}`;
}

function subjectFrom(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.(?:patch|diff|dpatch)$/, "");
  return name.replace(/^\d+[-_]+(?=.)/, "");
}
