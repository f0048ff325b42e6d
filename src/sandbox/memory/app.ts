import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { SandboxUser } from "../model.js";
import type { AppWebhooks, SandboxApp } from "../store.js";
import { type Core, instant } from "./core.js";
import { createToken, createUser } from "./people.js";

/** The GitHub App of a forge, with the half of its key that only the bot has. */
export interface InstalledApp {
  /** Follows `connect`. */
  readonly app: SandboxApp;
  /** PEM; the bot signs with it. */
  readonly privateKey: string;
  /** Where the app's own webhooks go; without an address none are sent. */
  connect(url: string | undefined): void;
  /** Where its webhooks are kept. */
  keep(webhooks: AppWebhooks): void;
}

const appSlug = "sluice";

export async function installApp(core: Core): Promise<InstalledApp> {
  const { publicKey, privateKey } = await keyPairOf(core.name);
  const bot = createUser(core, { login: `${appSlug}[bot]`, name: "Sluice", bot: true });
  let webhookUrl: string | undefined;
  let webhooks: AppWebhooks | undefined;
  const app: SandboxApp = {
    id: core.nextId(),
    slug: appSlug,
    installationId: core.nextId(),
    publicKey,
    bot,
    webhookSecret: randomBytes(20).toString("hex"),
    get webhookUrl() {
      return webhookUrl;
    },
    get webhooks() {
      if (!webhooks) throw new Error("nothing keeps the app's webhooks");
      return webhooks;
    },
  };
  return {
    app,
    privateKey,
    connect: (url) => {
      webhookUrl = url;
    },
    keep: (kept) => {
      webhooks = kept;
    },
  };
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** By the names of forges. To make one takes a tenth of a second and more: tests start forges by the hundred. */
const keyPairs = new Map<string, Promise<KeyPair>>();

function keyPairOf(name: string): Promise<KeyPair> {
  const known = keyPairs.get(name);
  if (known) return known;
  const made = makeKeyPair();
  keyPairs.set(name, made);
  return made;
}

function makeKeyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

const hour = 3_600_000;

/** A token that acts as the app's bot for an hour of the forge's clock. */
export function installationToken(
  core: Core,
  bot: SandboxUser,
): { readonly token: string; readonly expiresAt: string } {
  const expiresAt = instant(new Date(Date.parse(core.now()) + hour));
  return { token: createToken(core, bot, { prefix: "ghs_", expiresAt }), expiresAt };
}
