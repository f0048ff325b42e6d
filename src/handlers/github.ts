import type { GitHubSettings } from "../config/configuration.js";
import {
  checkGitHubSecrets,
  identifyGitHubDelivery,
  mayBeSigned,
  readGitHubDelivery,
  verifyGitHubDelivery,
} from "../forges/github/webhook.js";
import { createReceiver, type ReceiverTools, type WebhookDialect, type WebhookReceiver } from "./receive.js";

/** Takes GitHub's webhooks; throws `OperatorError` without a secret to check them by. */
export function createGitHubReceiver(settings: GitHubSettings, tools: ReceiverTools): WebhookReceiver {
  const secrets = [settings, ...settings.identities].flatMap(({ webhookSecret }) =>
    webhookSecret === undefined ? [] : [{ webhookSecret }],
  );
  secrets.forEach(checkGitHubSecrets);
  const forge = settings.name;
  const dialect: WebhookDialect = {
    forge,
    mayBeAuthentic: mayBeSigned,
    // Each App signs with its own secret; their webhooks come to one address.
    isAuthentic: (webhook) => secrets.some((secret) => verifyGitHubDelivery(webhook, secret)),
    identify: identifyGitHubDelivery,
    read: (delivery) => readGitHubDelivery({ forge, ...delivery }),
  };
  return createReceiver(dialect, tools);
}
