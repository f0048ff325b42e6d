/** What GitHub says of an account, as far as it tells a program's from a person's. */
interface Account {
  readonly type?: string | undefined;
}

/** Whether the account is an app's own. What uses an ordinary account is a person to GitHub, and to us. */
export function isBot({ type }: Account): boolean {
  return type === "Bot";
}
