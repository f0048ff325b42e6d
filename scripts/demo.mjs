import { ensureBuilt, ensureInstalled, exitCodeOf } from "./install.mjs";

// Ctrl-C reaches the demo as well; this process waits for it to end.
process.on("SIGINT", () => {});
await ensureInstalled();
await ensureBuilt();
process.exitCode = await exitCodeOf(process.execPath, ["bin/sluice", "demo", ...process.argv.slice(2)]);
