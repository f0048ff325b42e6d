import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { checkoutFolder } from "../../config/checkout.js";
import type { ExampleConfiguration } from "../../sandbox/example.js";

/** Sluice in a process of its own. */
export interface Bot extends AsyncDisposable {
  readonly url: string;
}

/** Starts `bin/sluice serve` as an operator would, and waits until it says where it listens. */
export async function startBot(configuration: ExampleConfiguration, directory: string): Promise<Bot> {
  const program = join(checkoutFolder(), "bin", "sluice");
  const bot = execa(process.execPath, [program, "serve", "--config", configuration.file], {
    env: {
      ...configuration.environment,
      PORT: "0",
      HOST: "127.0.0.1",
      DATA_DIRECTORY: join(directory, "data"),
      LOG_LEVEL: "warn",
    },
    reject: false,
    stdin: "ignore",
    // Ctrl-C ends the demo, which then ends the bot.
    detached: true,
    forceKillAfterDelay: 5000,
  });
  const url = await listeningAt(bot);
  return {
    url,
    async [Symbol.asyncDispose]() {
      bot.kill("SIGTERM");
      await bot;
    },
  };
}

interface Starting extends PromiseLike<{ readonly stderr: unknown }> {
  readonly stdout: Readable;
}

async function listeningAt(bot: Starting): Promise<string> {
  // Not the process itself as an iterable: leaving its loop early waits for it to end.
  for await (const line of createInterface({ input: bot.stdout })) {
    const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  const { stderr } = await bot;
  throw new Error(`Sluice did not start:\n${String(stderr)}`);
}
