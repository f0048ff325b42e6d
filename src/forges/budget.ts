import { createHash } from "node:crypto";
import type { Clock } from "../domain/clock.js";
import { RetryLater } from "../domain/errors.js";
import type { ForgeName } from "../domain/refs.js";
import type { Urgency } from "../domain/urgency.js";
import { closingOf } from "./closing.js";
import type { Budget } from "./forge.js";
import { type SharedLimits, type Standing, together } from "./limits.js";

export interface BudgetSettings {
  readonly name: ForgeName;
  readonly clock: Clock;
  /** The part, in percent, that is left to work for which somebody waits. */
  readonly reserve: number;
  /** Where there are more processes of the service than this one. */
  readonly shared?: SharedLimits | undefined;
}

/** Milliseconds after which the others are listened to again. */
const exchangeEvery = 1000;

/**
 * Follows what the forge says of its budget, to this process and to the others; an App has one for each of its installations.
 * Once a forge wants to be left alone for a while, all are held back, not only the work that was told so.
 */
export class BudgetKeeper {
  readonly #settings: BudgetSettings;
  /** What the forge said to this process, and what it said to any. */
  readonly #said = new Map<string, Standing>();
  readonly #standings = new Map<string, Standing>();
  readonly #names = new Map<string, string>();
  #callers = 1;
  #exchangedAt = Number.NEGATIVE_INFINITY;
  #exchange: Promise<void> | undefined;

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  get forge(): ForgeName {
    return this.#settings.name;
  }

  /** How many processes ask the forge at present. */
  get callers(): number {
    return this.#callers;
  }

  /** The one of which least is left; `undefined` where the forge says nothing, or what it said has run out. */
  get lowest(): Budget | undefined {
    const now = this.#settings.clock.now();
    const present = [...this.#standings.values()].flatMap(({ budget }) =>
      budget && budget.resetAt > now ? [budget] : [],
    );
    return present.sort((one, other) => one.remaining / one.limit - other.remaining / other.limit)[0];
  }

  /**
   * Whose token this is: each process has tokens of its own for one and the same budget. An installation has another one each
   * hour; with the one before, something may still be under way.
   */
  name(token: string, owner: string): void {
    const before = [...this.#names].flatMap(([print, whose]) => (whose === owner ? [print] : []));
    for (const print of before.slice(0, -1)) this.#names.delete(print);
    this.#names.set(fingerprint(token), owner);
  }

  /**
   * Throws `RetryLater` while the forge wants no requests, and to work for which nobody waits, once it would take what is left
   * to others.
   */
  async check(request: RequestInit, urgency: Urgency): Promise<void> {
    await this.#listen();
    const { name, clock, reserve } = this.#settings;
    const { budget, closedUntil } = this.#standings.get(this.#ownerOf(request)) ?? {};
    const now = clock.now();
    if (closedUntil && closedUntil > now) {
      throw new RetryLater(`${name} wants no requests for now`, { notBefore: closedUntil });
    }
    if (urgency !== "nobody" || !budget || budget.resetAt <= now) return;
    if (budget.remaining >= (budget.limit * reserve) / 100) return;
    const left = `${budget.remaining} of ${budget.limit} requests`;
    throw new RetryLater(`${name}'s budget is left to people: ${left}`, { notBefore: budget.resetAt });
  }

  async note(request: RequestInit, response: Pick<Response, "status" | "headers">): Promise<void> {
    const { clock } = this.#settings;
    const now = clock.now();
    const budget = budgetIn(response.headers);
    const closedUntil = closingOf(response, now);
    if (!budget && !closedUntil) return;
    for (const standings of [this.#said, this.#standings]) forgetEnded(standings, now);
    const owner = this.#ownerOf(request);
    const closed = closedUntil && { closedUntil };
    this.#said.set(owner, { ...this.#said.get(owner), ...(budget && { budget }), ...closed });
    // What is said now is newer than what the others heard.
    this.#standings.set(owner, { ...this.#standings.get(owner), ...(budget && { budget }), ...closed });
    if (!closedUntil) return;
    await this.#exchange;
    this.#exchangedAt = Number.NEGATIVE_INFINITY;
    await this.#listen();
  }

  async #listen(): Promise<void> {
    const { shared, clock } = this.#settings;
    const now = clock.now().getTime();
    if (!shared || now - this.#exchangedAt < exchangeEvery) return;
    await (this.#exchange ??= this.#exchangeWith(shared, now));
  }

  async #exchangeWith(shared: SharedLimits, now: number): Promise<void> {
    try {
      const { standings, callers } = await shared.exchange(this.#settings.name, this.#said);
      for (const [owner, standing] of standings)
        this.#standings.set(owner, together(this.#standings.get(owner), standing));
      this.#callers = Math.max(1, callers);
    } catch {
      // Without the others each keeps to what it was told itself; the work that needs the database says so by itself.
    }
    this.#exchangedAt = now;
    this.#exchange = undefined;
  }

  #ownerOf({ headers }: RequestInit): string {
    const [, token = ""] = (new Headers(headers).get("authorization") ?? "").split(" ");
    // Those that an App signs for itself are new every few minutes.
    if (token.split(".").length === 3) return "app";
    const print = fingerprint(token);
    return this.#names.get(print) ?? print;
  }
}

function forgetEnded(standings: Map<string, Standing>, now: Date): void {
  for (const [owner, { budget, closedUntil }] of standings) {
    const isOver = (budget?.resetAt ?? now) <= now && (closedUntil ?? now) <= now;
    if (isOver) standings.delete(owner);
  }
}

/** GitHub counts its kinds of requests apart; what we do is of one kind. */
function budgetIn(headers: Headers): Budget | undefined {
  if ((headers.get("x-ratelimit-resource") ?? "core") !== "core") return undefined;
  const prefix = headers.has("x-ratelimit-limit") ? "x-ratelimit" : "ratelimit";
  const [limit = 0, remaining = Number.NaN, reset = 0] = ["limit", "remaining", "reset"].map((part) =>
    Number(headers.get(`${prefix}-${part}`) ?? Number.NaN),
  );
  const isSaid = limit > 0 && remaining >= 0 && reset > 0;
  return isSaid ? { limit, remaining, resetAt: new Date(reset * 1000) } : undefined;
}

/** Tokens are not kept for it. */
function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 16);
}
