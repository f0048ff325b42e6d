import { git } from "./run.js";

/** Where a clone came from, without what may be a secret in its address; `undefined` for a folder of this machine. */
export async function cloneAddress(directory: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git(["config", "--get", "remote.origin.url"], {
    directory,
    expect: [0, 1, 2],
  });
  const address = stdout.toString("utf8").trim();
  if (exitCode !== 0) return undefined;
  if (/^(?:https?|git|ssh):\/\/./.test(address)) return address.replace(/^(https?:\/\/)[^/@]*@/, "$1");
  return /^[^/:\s]+@[^/:\s]+:./.test(address) ? address : undefined;
}
