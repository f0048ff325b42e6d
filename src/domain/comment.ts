import type { User } from "./merge-request.js";
import type { MergeRequestRef } from "./refs.js";

/** One comment on a merge request. */
export interface CommentRef {
  readonly mergeRequest: MergeRequestRef;
  /** The forge's own id of it. */
  readonly id: number;
}

/** What a forge says of a comment at this moment. */
export interface Comment {
  readonly ref: CommentRef;
  readonly author: User;
  /** Written by a program, as far as the forge tells. */
  readonly byBot: boolean;
  /** Sent as an answer to a mail, as far as the forge tells. */
  readonly byMail: boolean;
  readonly body: string;
  /** Changed after it was written. */
  readonly edited: boolean;
  readonly createdAt: Date;
}

/** How Sluice answers a comment without a word. */
export type Reaction = "done" | "refused";
