import { OperatorError } from "../domain/errors.js";
import type { ForgeName } from "../domain/refs.js";
import type { Secret } from "../domain/secret.js";

/** Throws `OperatorError` for a token that no header can hold; `fetch` would print it in its complaint. */
export function checkToken(forge: ForgeName, token: Secret): void {
  if (/^[\x21-\x7e]+$/.test(token.reveal())) return;
  throw new OperatorError(`the token for ${forge} is empty or holds blanks or line breaks`);
}
