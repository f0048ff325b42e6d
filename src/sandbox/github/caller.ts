import type { SandboxStore } from "../store.js";
import { Refusal, badCredentials } from "./errors.js";
import type { Caller } from "./http.js";
import { looksLikeJwt, verifyAppJwt } from "./jwt.js";

/** Who an `Authorization` header speaks for: `token X`, `Bearer X`, or basic with the token as password. */
export function callerOf(store: SandboxStore, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: "nobody" };
  const token = tokenOf(authorization);

  if (looksLikeJwt(token)) {
    if (store.app === undefined) throw new Refusal(404, "Integration not found");
    verifyAppJwt(token, store.app);
    return { kind: "app" };
  }

  const user = store.userByToken(token);
  if (user === undefined) throw badCredentials();
  return { kind: user.id === store.app?.bot.id ? "installation" : "person", user };
}

function tokenOf(authorization: string): string {
  const [scheme = "", credential = ""] = authorization.trim().split(/\s+/, 2);
  switch (scheme.toLowerCase()) {
    case "token":
    case "bearer":
      return credential;
    case "basic":
      return Buffer.from(credential, "base64")
        .toString("utf8")
        .replace(/^[^:]*:/, "");
    default:
      throw badCredentials();
  }
}
