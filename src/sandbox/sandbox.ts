import type { Delivery } from "./deliveries.js";
import type { Faults } from "./faults.js";
import type { ExchangeObserver } from "./http/exchanges.js";
import type { InstalledApp } from "./memory/app.js";
import type { CiScript } from "./memory/ci-run.js";
import type { NewUser } from "./memory/people.js";
import type { ForgeKind, SandboxRepository, SandboxUser } from "./model.js";
import type { SandboxStore } from "./store.js";

export type PushObserver = (repository: SandboxRepository, by: SandboxUser) => void;

/** Forges in a box, all in this process. */
export interface Sandbox {
  readonly forges: readonly SandboxForge[];
  /** Throws when there is none of that name. */
  forge(name: string): SandboxForge;
  /** Resolves when no forge has anything under way; throws what failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A user with what they sign in with. */
export interface SandboxAccount {
  readonly user: SandboxUser;
  readonly token: string;
}

/** One running forge. */
export interface SandboxForge {
  readonly name: string;
  readonly kind: ForgeKind;
  /** `http://127.0.0.1:PORT`: pages, API and git. */
  readonly url: string;
  /** Where the dialect's REST API begins: `…/api/v4` or `…/api/v3`. */
  readonly apiUrl: string;
  readonly store: SandboxStore;
  /** `contributor` (no rights), `maintainer`, `sluice-bot`, and who was added. */
  readonly accounts: readonly SandboxAccount[];
  account(login: string): SandboxAccount;
  addAccount(user: NewUser): SandboxAccount;
  /** The GitHub App of this forge; GitLab has none. */
  readonly app: InstalledApp | undefined;
  cloneUrl(repository: SandboxRepository): string;
  readonly ci: {
    script(repository: SandboxRepository, script: CiScript): void;
    step(repository: SandboxRepository): void;
  };
  readonly webhooks: {
    deliveries(): readonly Delivery[];
    redeliver(delivery: Delivery): Promise<Delivery>;
  };
  readonly faults: Faults & { loseNextWebhook(): void };
  /** Called after each API request with what was asked and answered; returns the way to stop it. */
  afterRequest(observer: ExchangeObserver): () => void;
  /** Called after each push that moved a branch, before git is told so; returns the way to stop it. */
  afterPush(observer: PushObserver): () => void;
  /** Resolves when no webhook is being sent and no CI step or mergeability check is due; throws what failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
