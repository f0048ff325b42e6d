import type { Outcome } from "../domain/outcome.js";
import type { Press } from "../linking/results/rerunner.js";
import { relayJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Runs in dist-git again what a check run in source-git shows. */
export async function rerunCheck(press: Press, { rerunner, queue }: Services): Promise<Outcome> {
  const { outcome, tested } = await rerunner.press(press);
  // Also where nothing ran again: the forge shows the check as waiting since the button was pressed.
  if (tested) await queue.add([relayJob(tested)]);
  return outcome;
}
