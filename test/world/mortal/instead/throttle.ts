import {
  type Fetch,
  throttledFetch as throttledFetchAlone,
  type Throttling,
} from "../../../../src/forges/throttle.js";
import { nameOf } from "../naming.js";
import { doing, survive } from "../witness.js";

/** Tells of every request that changed something, once it did and before its answer is read. */
export function throttledFetch(settings: Throttling): Fetch {
  const fetch = throttledFetchAlone(settings);
  return async (url, init = {}) => {
    // Here: inside, it may be another's turn.
    const onBehalf = doing();
    const response = await fetch(url, init);
    const { method = "GET", body } = init;
    const { pathname } = new URL(url);
    const isEffect = method !== "GET" && response.ok && !pathname.endsWith("/access_tokens");
    if (isEffect && !isQuery(pathname, body))
      survive(nameOf({ method, path: pathname, body: textOf(body) }), onBehalf);
    return response;
  };
}

/** GraphQL posts its questions, too. */
function isQuery(pathname: string, body: RequestInit["body"]): boolean {
  return pathname.endsWith("/graphql") && !textOf(body).includes("mutation");
}

function textOf(body: RequestInit["body"]): string {
  return typeof body === "string" ? body : "";
}
