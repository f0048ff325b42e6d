import { createHash } from "node:crypto";
import type { ForgeMemory } from "./memory.js";
import { sameText } from "./text.js";

/** How a forge keeps the comments of one merge request. */
export interface CommentVerbs {
  /** Our comment of the topic, looked for in the whole list. */
  search(): Promise<StoredComment | undefined>;
  /** `undefined` when somebody deleted it. */
  find(id: number): Promise<StoredComment | undefined>;
  /** Answers its id. */
  create(body: string): Promise<number>;
  edit(id: number, body: string): Promise<"edited" | "gone">;
}

export interface StoredComment {
  readonly id: number;
  readonly body: string;
}

interface Given {
  readonly id: number;
  /** A fingerprint of its text. */
  readonly text: string;
}

/**
 * The comment says `body`: edited by its id where that is known, found where it is not, made where there is none, and made
 * again where somebody deleted it. Its id is recorded after it was made, so that a try that was cut off finds it.
 */
export async function ensureTopicComment(
  { memory, key, body }: { readonly memory: ForgeMemory; readonly key: string; readonly body: string },
  verbs: CommentVerbs,
): Promise<void> {
  const known = given(await memory.recall(key));
  const id = (known && (await editKnown(known, body, verbs))) ?? (await editFound(body, verbs));
  await memory.remember(
    key,
    JSON.stringify({ id: id ?? (await verbs.create(body)), text: fingerprint(body) }),
  );
}

/** `undefined` where it is gone. */
async function editKnown(
  { id, text }: Given,
  body: string,
  verbs: CommentVerbs,
): Promise<number | undefined> {
  if (text === fingerprint(body)) {
    const present = await verbs.find(id);
    if (!present || sameText(present.body, body)) return present?.id;
  }
  return (await verbs.edit(id, body)) === "edited" ? id : undefined;
}

async function editFound(body: string, verbs: CommentVerbs): Promise<number | undefined> {
  const present = await verbs.search();
  if (!present || sameText(present.body, body)) return present?.id;
  return (await verbs.edit(present.id, body)) === "edited" ? present.id : undefined;
}

function given(value: string | undefined): Given | undefined {
  return value === undefined ? undefined : (JSON.parse(value) as Given);
}

function fingerprint(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
