import type { Clock } from "../domain/clock.js";
import type { ForgeKind } from "./model.js";

/** What can go wrong with a forge, on demand. */
export interface Faults {
  /** Every request is answered as by a forge whose servers are gone, until it comes back. */
  goDown(): void;
  comeBack(): void;
  /** The API answers that the budget is spent, until so many seconds of the forge's clock have passed. */
  rateLimitFor(seconds: number): void;
  /** The next push is refused as by a server-side hook that says `message`. */
  rejectNextPush(message: string): void;
  /** The next request that fits is answered with this status. */
  failNextRequest(which: FailingRequest): void;
  /** Requests whose address fits are not answered until the returned function is called. */
  hold(path: RegExp): () => void;
}

export interface FailingRequest {
  readonly method?: string | undefined;
  /** Matched against the path with its query. */
  readonly path: RegExp;
  readonly status: number;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The faults as the server asks for them. */
export interface FaultyAnswers {
  /** What a request gets instead of its answer, if anything. */
  answerTo(request: { readonly method: string; readonly url: string }): CannedAnswer | undefined;
  /** Resolves when the request may be answered. */
  heldBack(url: string): Promise<void> | undefined;
  rejectsNextPush(): boolean;
  /** Why the push that has come is refused; it counts as the next push. */
  takeRejection(): string | undefined;
}

export function createFaults(kind: ForgeKind, clock: Clock): Faults & FaultyAnswers {
  const failing: FailingRequest[] = [];
  const rejections: string[] = [];
  const holds: { readonly path: RegExp; readonly released: Promise<void> }[] = [];
  let down = false;
  let limitedUntil = 0;

  return {
    goDown: () => {
      down = true;
    },
    comeBack: () => {
      down = false;
    },
    rateLimitFor: (seconds) => {
      limitedUntil = clock.now().getTime() + seconds * 1000;
    },
    rejectNextPush: (message) => void rejections.push(message),
    failNextRequest: (which) => void failing.push(which),
    hold: (path) => {
      const { promise: released, resolve: release } = withResolvers();
      const held = { path, released };
      holds.push(held);
      return () => {
        holds.splice(holds.indexOf(held), 1);
        release();
      };
    },
    heldBack: (url) => holds.find(({ path }) => path.test(url))?.released,
    rejectsNextPush: () => rejections.length > 0,
    takeRejection: () => rejections.shift(),
    answerTo: ({ method, url }) => {
      if (down) return outage(kind);
      const left = limitedUntil - clock.now().getTime();
      if (left > 0 && url.startsWith("/api/")) return spentBudget(kind, { left, until: limitedUntil });
      const index = failing.findIndex((one) => (one.method ?? method) === method && one.path.test(url));
      const [fitting] = index < 0 ? [] : failing.splice(index, 1);
      return fitting === undefined ? undefined : failure(kind, fitting.status);
    },
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((resolved) => (resolve = resolved));
  return { promise, resolve };
}

function outage(kind: ForgeKind): CannedAnswer {
  return kind === "github"
    ? page(503, "<h1>No server is currently available to service your request.</h1>")
    : page(502, "<h1>502</h1><p>GitLab is not responding.</p>");
}

function page(status: number, body: string): CannedAnswer {
  return { status, headers: { "content-type": "text/html" }, body: `<!DOCTYPE html>${body}\n` };
}

function failure(kind: ForgeKind, status: number): CannedAnswer {
  const body =
    kind === "github" ? { message: "Server Error" } : { message: `${status} Internal Server Error` };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

interface Limit {
  /** Milliseconds. */
  readonly left: number;
  readonly until: number;
}

function spentBudget(kind: ForgeKind, { left, until }: Limit): CannedAnswer {
  const retryAfter = String(Math.ceil(left / 1000));
  const reset = String(Math.ceil(until / 1000));
  if (kind === "gitlab") {
    const headers = {
      "content-type": "text/plain",
      "retry-after": retryAfter,
      "ratelimit-limit": "2000",
      "ratelimit-observed": "2001",
      "ratelimit-remaining": "0",
      "ratelimit-reset": reset,
      "ratelimit-resettime": new Date(until).toUTCString(),
    };
    return { status: 429, headers, body: "Retry later\n" };
  }
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-used": "5000",
    "x-ratelimit-reset": reset,
    "x-ratelimit-resource": "core",
  };
  const message = "API rate limit exceeded for installation.";
  return {
    status: 403,
    headers,
    body: JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" }),
  };
}
