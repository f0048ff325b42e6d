import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The forges in a box, in a process of their own, with the verbs that it knows. */
export async function startForges({ root, directory }) {
  const child = fork(fileURLToPath(new URL("load-forges.mjs", import.meta.url)), [root, directory]);
  await answerOf(child);
  const ask = (verb, given = {}) => {
    child.send({ ...given, verb });
    return answerOf(child);
  };
  return { ask, pid: child.pid, stop: () => stopChild(child) };
}

/** Sends for so many seconds and answers what came of it. */
export async function generate(settings) {
  const child = fork(fileURLToPath(new URL("load-generator.mjs", import.meta.url)));
  try {
    child.send(settings);
    const [result] = await once(child, "message");
    if (result.error) throw new Error(result.error);
    return result;
  } finally {
    child.disconnect();
  }
}

/** `bin/sluice serve` as an operator starts it, its log in a file. */
export async function startServe({ root, directory, databaseUrl, configuration }) {
  const { file, environment } = configuration;
  const variables = {
    PATH: process.env.PATH,
    ...environment,
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    DATA_DIRECTORY: join(directory, "data"),
  };
  const args = [join(root, "bin", "sluice"), "serve", "--json", "--port", "0", "--config", file];
  const child = spawn(process.execPath, args, { env: variables, stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(join(directory, "serve.log"));
  child.stderr.pipe(log);
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line);
    return { url, pid: child.pid, stop: () => stopChild(child) };
  }
  throw new Error(`sluice serve did not start; see ${join(directory, "serve.log")}`);
}

/** Answers every webhook at once and keeps nothing: what this machine and the generator can do at all. */
export async function startBare() {
  const child = fork(fileURLToPath(new URL("load-bare.mjs", import.meta.url)));
  const [url] = await once(child, "message");
  return { url, stop: () => stopChild(child) };
}

async function answerOf(child) {
  const [message] = await once(child, "message");
  if (message.error) throw new Error(message.error);
  return message.answer;
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
