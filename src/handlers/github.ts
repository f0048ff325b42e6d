import type { GitHubSettings } from "../config/configuration.js";
import {
  checkGitHubSecrets,
  identifyGitHubDelivery,
  readGitHubDelivery,
  verifyGitHubDelivery,
} from "../forges/github/webhook.js";
import { type ReceiverTools, receiveWebhook, type WebhookDialect, type WebhookReceiver } from "./receive.js";

/** Takes GitHub's webhooks; throws `OperatorError` without a secret to check them by. */
export function createGitHubReceiver(settings: GitHubSettings, tools: ReceiverTools): WebhookReceiver {
  checkGitHubSecrets(settings);
  const forge = settings.name;
  const dialect: WebhookDialect = {
    forge,
    isAuthentic: (webhook) => verifyGitHubDelivery(webhook, settings),
    identify: identifyGitHubDelivery,
    read: (delivery) => readGitHubDelivery({ forge, ...delivery }),
  };
  return { receive: (webhook) => receiveWebhook(webhook, dialect, tools) };
}
