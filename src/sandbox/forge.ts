import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../domain/clock.js";
import { type Activity, createActivity } from "./activity.js";
import { createDeliveries } from "./deliveries.js";
import type { Dialect } from "./dialect.js";
import { createFaults } from "./faults.js";
import { appWebhooks, tellHooks } from "./hooks.js";
import { createExchanges } from "./http/exchanges.js";
import { listen, type Listening } from "./http/listen.js";
import { forgeListener } from "./http/server.js";
import { installApp } from "./memory/app.js";
import { createCi } from "./memory/ci.js";
import { type Core, createCore } from "./memory/core.js";
import { createMemoryStore } from "./memory/memory-store.js";
import { type NewUser, createToken, createUser } from "./memory/people.js";
import { noticePush } from "./memory/pushes.js";
import type { ForgeKind } from "./model.js";
import type { PushObserver, SandboxAccount, SandboxForge } from "./sandbox.js";

export interface ForgeSettings {
  readonly name: string;
  readonly kind: ForgeKind;
  readonly dialect: Dialect;
  /** A free one unless given. */
  readonly port?: number | undefined;
  /** Where it is reached, as it says of itself, if that is not its own port: by something in front of it. */
  readonly url?: string | undefined;
  readonly directory: string;
  readonly clock: Clock;
  readonly mergeabilityMilliseconds?: number | undefined;
  readonly webhookTimeoutMilliseconds?: number | undefined;
}

export async function startForge(settings: ForgeSettings): Promise<SandboxForge> {
  const { kind, clock, dialect } = settings;
  const server = await listen(settings.port ?? 0);
  const activity = createActivity();
  const core = await coreOf(settings, { url: settings.url ?? server.url, activity });
  const ci = createCi(core);
  const app = kind === "github" ? await installApp(core) : undefined;
  const store = createMemoryStore(core, ci, app);
  const { webhookTimeoutMilliseconds: timeoutMilliseconds = 10_000 } = settings;
  const deliveries = createDeliveries({ ...core, clock, timeoutMilliseconds });
  app?.keep(appWebhooks(deliveries));
  tellHooks({ core, store, dialect, deliveries });

  const exchanges = createExchanges(dialect.routes(store));
  const faults = createFaults(kind, clock);
  const pushObservers = new Set<PushObserver>();
  const forge: SandboxForge = {
    ...address(core),
    ...accountVerbs(core),
    ...endVerbs(activity, server),
    store,
    app,
    ci,
    webhooks: {
      deliveries: () => deliveries.list(),
      redeliver: (delivery) => deliveries.redeliver(delivery),
    },
    faults: { ...faults, loseNextWebhook: () => deliveries.loseNext() },
    afterRequest: (observer) => exchanges.observe(observer),
    afterPush: (observer) => observe(pushObservers, observer),
  };
  const pushed = async (...push: Parameters<PushObserver>) => {
    await noticePush(core, ...push);
    for (const observer of pushObservers) observer(...push);
  };
  server.answerWith(forgeListener({ forge, faults, exchanges, pushed }));
  return forge;
}

async function coreOf(
  settings: ForgeSettings,
  ends: { readonly url: string; readonly activity: Activity },
): Promise<Core> {
  const { name, kind, clock, mergeabilityMilliseconds: mergeabilityDelay = 50 } = settings;
  const directory = await freshDirectory(settings);
  return createCore({ name, kind, clock, mergeabilityDelay, directory, ...ends });
}

// Nothing is remembered from one run to the next, so repositories of an earlier one must not come back.
async function freshDirectory({ directory, name }: ForgeSettings): Promise<string> {
  await mkdir(directory, { recursive: true });
  return mkdtemp(join(directory, `${name.replace(/[^\w.-]/g, "-")}-`));
}

function address({
  name,
  kind,
  url,
}: Core): Pick<SandboxForge, "name" | "kind" | "url" | "apiUrl" | "cloneUrl"> {
  return {
    name,
    kind,
    url,
    apiUrl: `${url}/api/${kind === "github" ? "v3" : "v4"}`,
    cloneUrl: ({ path }) => `${url}/${path}.git`,
  };
}

function accountVerbs(core: Core): Pick<SandboxForge, "accounts" | "account" | "addAccount"> {
  const accounts: SandboxAccount[] = [];
  function addAccount(wanted: NewUser): SandboxAccount {
    const user = createUser(core, wanted);
    const account = { user, token: createToken(core, user) };
    accounts.push(account);
    return account;
  }
  addAccount({ login: "contributor", name: "Robin Okafor", email: "robin@contributor.example" });
  addAccount({ login: "maintainer", name: "Ines Novak", email: "ines@distro.example" });
  addAccount({ login: "sluice-bot", name: "Sluice Bot", email: "sluice-bot@distro.example", bot: true });
  return {
    accounts,
    addAccount,
    account: (login) => {
      const account = accounts.find(({ user }) => user.login === login);
      if (account === undefined) throw new Error(`There is no account ${login}.`);
      return account;
    },
  };
}

function endVerbs(activity: Activity, server: Listening): Pick<SandboxForge, "settled" | "close"> {
  return {
    settled: () => activity.settled(),
    close: async () => {
      await server.close();
      await activity.close();
    },
  };
}

function observe<T>(observers: Set<T>, observer: T): () => void {
  observers.add(observer);
  return () => void observers.delete(observer);
}
