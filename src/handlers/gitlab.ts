import type { GitLabSettings } from "../config/configuration.js";
import {
  checkGitLabSecrets,
  identifyGitLabDelivery,
  mayBeGitLabs,
  readGitLabDelivery,
  verifyGitLabDelivery,
} from "../forges/gitlab/webhook.js";
import { createReceiver, type ReceiverTools, type WebhookDialect, type WebhookReceiver } from "./receive.js";

/** Takes GitLab's webhooks; throws `OperatorError` without a secret or a signing token to check them by. */
export function createGitLabReceiver(settings: GitLabSettings, tools: ReceiverTools): WebhookReceiver {
  checkGitLabSecrets(settings);
  const forge = settings.name;
  const dialect: WebhookDialect = {
    forge,
    mayBeAuthentic: (headers) => mayBeGitLabs(headers, settings, tools.clock),
    isAuthentic: (webhook) => verifyGitLabDelivery(webhook, settings, tools.clock),
    identify: identifyGitLabDelivery,
    read: (delivery) => readGitLabDelivery({ forge, ...delivery }),
  };
  return createReceiver(dialect, tools);
}
