import type { ForgeSettings } from "../config/configuration.js";
import { createGitHubReceiver } from "./github.js";
import { createGitLabReceiver } from "./gitlab.js";
import type { ReceiverTools, WebhookReceiver } from "./receive.js";

/** By the name of the forge, which is the last part of the webhook's address. */
export function receiversOf(
  forges: readonly ForgeSettings[],
  tools: ReceiverTools,
): ReadonlyMap<string, WebhookReceiver> {
  return new Map(
    forges.map((settings) => [
      settings.name,
      settings.kind === "github"
        ? createGitHubReceiver(settings, tools)
        : createGitLabReceiver(settings, tools),
    ]),
  );
}
