import type { Started } from "../../src/conversion/layout.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import type { Commit, Signature } from "../../src/git/object-store.js";
import { newRepository, readme, TestPackage, type Files, type TestRepository } from "./package.js";

export const bot: Signature = { name: "Sluice", email: "sluice@example.org", date: "1700000200 +0000" };

export interface StartedPackage {
  readonly hello: TestPackage;
  readonly started: Started;
  /** The commits that were made, oldest first. */
  readonly commits: readonly Commit[];
}

export interface Starting {
  readonly upstream?: Files;
  /** The files of dist-git; or what is done to it, commit by commit. */
  readonly dist: Files | ((dist: TestRepository) => Promise<unknown>);
  readonly upstreamUrl?: string;
}

/** A source-git that begins with upstream's release, by default a README, and a dist-git. */
export async function start({ upstream, dist: files, upstreamUrl }: Starting): Promise<StartedPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  const base = await source.commit("Release 1.0\n", upstream ?? { README: readme({}) });
  await source.store.flush();
  await source.tag("v1.0");
  if (typeof files === "function") await files(dist);
  else await dist.commit("Import\n", files);
  await dist.store.flush();
  const started = await rpmLayout.start({
    source: source.store,
    base,
    upstreamRef: "v1.0",
    upstreamUrl,
    dist: dist.store,
    tip: dist.tip ?? "",
    committer: bot,
  });
  source.tip = started.head;
  const commits: Commit[] = [];
  for (let id = started.head; id !== base; id = commits[0]?.parents[0] ?? base) {
    commits.unshift(await source.store.readCommit(id));
  }
  return { hello: new TestPackage(source, dist), started, commits };
}

/** A plain diff that changes one line of the README. */
export function lineChange(line: number, text: string): string {
  const lines = readme({}).trimEnd().split("\n");
  const [from, to] = [Math.max(1, line - 2), Math.min(lines.length, line + 2)];
  const range = `${from},${to - from + 1}`;
  const context = (first: number, last: number) =>
    lines
      .slice(first - 1, last)
      .map((each) => ` ${each}\n`)
      .join("");
  const change = `-${lines[line - 1] ?? ""}\n+${text}\n`;
  const hunk = `${context(from, line - 1)}${change}${context(line + 1, to)}`;
  return `--- a/README\n+++ b/README\n@@ -${range} +${range} @@\n${hunk}`;
}
