import { ifFound } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import { userPayload } from "./payloads.js";

/** How GitLab names the users that it makes for the tokens of projects and groups. */
const tokenUser = /^(?:project|group)_\d+_bot(?:_|\d*$)/;

/** As GitLab names an account where it mentions it. */
interface Account {
  readonly id: number;
  readonly username: string;
}

/**
 * Whether the account is a program's: a token's, a service account, or one of GitLab's own. Only the account itself tells,
 * not a mention of it, for service accounts are called as their makers like.
 */
export async function isBot(client: GitLabClient, { id, username }: Account): Promise<boolean> {
  if (tokenUser.test(username)) return true;
  const asked = client.ask({ ask: ({ Users }) => Users.show(id), answer: userPayload });
  return (await ifFound(asked))?.bot ?? false;
}
