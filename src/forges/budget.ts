import { createHash } from "node:crypto";
import type { Clock } from "../domain/clock.js";
import { RetryLater } from "../domain/errors.js";
import type { ForgeName } from "../domain/refs.js";
import type { Urgency } from "../domain/urgency.js";
import type { Budget } from "./forge.js";

export interface BudgetSettings {
  readonly name: ForgeName;
  readonly clock: Clock;
  /** The part, in percent, that is left to work for which somebody waits. */
  readonly reserve: number;
}

/** Follows what the forge says of its budget; an App has one for each of its installations. */
export class BudgetKeeper {
  readonly #settings: BudgetSettings;
  readonly #budgets = new Map<string, Budget>();

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  get forge(): ForgeName {
    return this.#settings.name;
  }

  /** The one of which least is left; `undefined` where the forge says nothing, or what it said has run out. */
  get lowest(): Budget | undefined {
    const now = this.#settings.clock.now();
    const present = [...this.#budgets.values()].filter(({ resetAt }) => resetAt > now);
    return present.sort((one, other) => one.remaining / one.limit - other.remaining / other.limit)[0];
  }

  /** Throws `RetryLater` to work for which nobody waits, once it would take what is left to others. */
  check(request: RequestInit, urgency: Urgency): void {
    if (urgency !== "nobody") return;
    const budget = this.#budgets.get(ownerOf(request));
    const { name, clock, reserve } = this.#settings;
    if (!budget || budget.resetAt <= clock.now()) return;
    if (budget.remaining >= (budget.limit * reserve) / 100) return;
    throw new RetryLater(
      `${name}'s budget is left to people: ${budget.remaining} of ${budget.limit} requests`,
      {
        notBefore: budget.resetAt,
      },
    );
  }

  note(request: RequestInit, headers: Headers): void {
    const budget = budgetIn(headers);
    if (!budget) return;
    const now = this.#settings.clock.now();
    for (const [owner, { resetAt }] of this.#budgets) if (resetAt <= now) this.#budgets.delete(owner);
    this.#budgets.set(ownerOf(request), budget);
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
function ownerOf({ headers }: RequestInit): string {
  const token = new Headers(headers).get("authorization") ?? "";
  return createHash("sha256").update(token).digest("hex").slice(0, 16);
}
