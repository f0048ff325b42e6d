import type { Limits } from "../../config/configuration.js";
import { type Complaint, UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { SourceHead } from "../pairs/source-head.js";

/**
 * Refuses a merge request that is larger than Sluice takes on, before anything is converted. What upstream released does
 * not count: the commits that a tag of source-git has. Throws `UserError` ("refused") saying what there is too much of.
 */
export async function requireBounds(store: ObjectStore, proposed: SourceHead, limits: Limits): Promise<void> {
  const changed = await countChanges(store, proposed, limits);
  const most = await mostBytes(store, changed);
  if (most > limits.patchBytes) await countPatches(store, proposed, limits);
}

/** git's log of what a merge request alone brings; of a merge, what neither side had. */
function logOf({ head, target }: SourceHead, ...options: readonly string[]): readonly string[] {
  const plain = ["-c", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv"];
  return ["log", ...plain, ...options, head, "--not", target, "--tags", "--"];
}

/** The ids that its files had and have; stops at the first commit, file or change that is one too many. */
async function countChanges(
  store: ObjectStore,
  proposed: SourceHead,
  limits: Limits,
): Promise<readonly string[]> {
  const paths = new Set<string>();
  const ids: string[] = [];
  const count = { commits: 0, changes: 0 };
  const refuse = (what: string) => tooMuch(proposed, what);
  const take = splitAtZero(refuse, (record, before) => {
    if (before.startsWith(":")) paths.add(record);
    else if (record === "commit") count.commits += 1;
    else if (record.startsWith(":")) {
      count.changes += 1;
      ids.push(...(record.match(/\b[0-9a-f]{40,64}\b/g) ?? []));
    }
    if (count.commits > limits.commits) throw refuse(`more than ${limits.commits} commits`);
    if (paths.size > limits.files) throw refuse(`changes to more than ${limits.files} files`);
    if (count.changes * leastBytes > limits.patchBytes) throw tooManyBytes(proposed, limits);
  });
  await store.git(logOf(proposed, "--raw", "--no-abbrev", "-z", "--format=%x00commit%x00"), { take });
  return ids.filter((id) => /[^0]/.test(id));
}

/** A tree may hold a name of any length, which nothing could check out. */
const longestName = 65_536;

/** Takes output in pieces and hands on what stands between two zeros, each with what stood before it; a path is any text. */
function splitAtZero(
  refuse: (what: string) => Error,
  hand: (record: string, before: string) => void,
): (chunk: Buffer) => void {
  let rest = "";
  let before = "";
  return (chunk) => {
    const records = (rest + chunk.toString("latin1")).split("\0");
    rest = records.pop() ?? "";
    if (rest.length > longestName) throw refuse(`a name of more than ${longestName} characters`);
    for (const each of records) {
      // Where a commit changes files, a line break parts its name from the first of them.
      const record = before.startsWith(":") ? each : each.replace(/^\n/, "");
      hand(record, before);
      before = before.startsWith(":") ? "" : record;
    }
  };
}

/** What a change of a file takes at least in a patch. */
const leastBytes = 60;
/** What a change of a file says beside its lines. */
const headBytes = 1000;

/** More than the patches can have, should they replace every file as a whole. */
async function mostBytes(store: ObjectStore, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { stdout } = await store.git(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], {
    input: `${ids.join("\n")}\n`,
  });
  let bytes = 0;
  for (const [, size] of stdout.toString("latin1").matchAll(/^blob (\d+)$/gm)) {
    // A line of one character is three characters of a patch.
    bytes += 3 * Number(size) + headBytes;
  }
  return bytes;
}

async function countPatches(store: ObjectStore, proposed: SourceHead, limits: Limits): Promise<void> {
  let bytes = 0;
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.patchBytes) throw tooManyBytes(proposed, limits);
  };
  await store.git(logOf(proposed, "--patch", "--binary", "--format="), { take });
}

function tooManyBytes(proposed: SourceHead, { patchBytes }: Limits): UserError {
  return tooMuch(proposed, `patches of more than ${patchBytes} bytes`);
}

function tooMuch({ head }: SourceHead, what: string): UserError {
  const complaint: Complaint = {
    message: `the merge request has ${what}, which is more than Sluice takes on`,
    where: shortCommit(head),
    remedy:
      "Split it into smaller ones, or, where it brings a new upstream release, push the release's tag to source-git first; who runs Sluice can raise its limits.",
  };
  return new UserError("refused", complaint);
}
