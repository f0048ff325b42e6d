import { commitToDist } from "../../src/conversion/commit.js";
import type { BroughtHome, Converted, Started } from "../../src/conversion/layout.js";
import { distToSource } from "../../src/conversion/quilt/dist-to-source.js";
import { sourceToDist } from "../../src/conversion/quilt/source-to-dist.js";
import { startQuilt } from "../../src/conversion/quilt/start.js";
import type { Signature } from "../../src/git/object-store.js";
import { newRepository, readme, type Files, type TestRepository } from "./package.js";

const bot: Signature = { name: "Sluice", email: "sluice@example.org", date: "1700000100 +0000" };
const maintainer: Signature = { name: "Maintainer", email: "m@example.org", date: "1690000000 +0200" };

export const upstream: Files = {
  "hello.c": '#include <stdio.h>\n\nint main(void)\n{\n\tputs("hello");\n\treturn 0;\n}\n',
  Makefile: "all: hello\n\nhello: hello.c\n\tcc -o hello hello.c\n",
  README: readme({}),
};

export const packaging: Files = {
  "debian/changelog":
    "hello (1:1.0-2) unstable; urgency=low\n\n  * First.\n\n -- Maintainer <m@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n",
  "debian/control": "Source: hello\nMaintainer: Maintainer <m@example.org>\n",
  "debian/rules": { program: "#!/usr/bin/make -f\n%:\n\tdh $@\n" },
  "debian/source/format": "3.0 (quilt)\n",
};

/** A patch of one hunk that replaces a line of README; `header` stands before it. */
export function readmePatch(line: number, text: string, header = ""): string {
  const lines = readme({}).trimEnd().split("\n");
  const start = Math.max(1, line - 3);
  const end = Math.min(lines.length, line + 3);
  const body = lines
    .slice(start - 1, end)
    .map((each, index) => (start + index === line ? `-${each}\n+${text}\n` : ` ${each}\n`));
  const count = end - start + 1;
  return `${header}--- a/README\n+++ b/README\n@@ -${start},${count} +${start},${count} @@\n${body.join("")}`;
}

export const dep3 = `Description: Say it louder
 Nobody hears it.
Author: Grace Hopper <grace@example.org>
Bug-Debian: https://bugs.debian.org/1
Forwarded: no
Last-Update: 2023-05-01
---
This patch header follows DEP-3: http://dep.debian.net/deps/dep3/
`;

/** A Debian package on both sides. */
export class QuiltPackage {
  readonly source: TestRepository;
  readonly dist: TestRepository;
  readonly base: string;
  started: Started | undefined;
  last: Converted | undefined;

  constructor(source: TestRepository, dist: TestRepository) {
    this.source = source;
    this.dist = dist;
    this.base = source.tip ?? "";
  }

  /** Begins source-git anew from what dist-git holds. */
  async start(): Promise<Started> {
    await this.dist.store.flush();
    const [source, dist] = [this.source.store, this.dist.store];
    const tip = this.dist.tip ?? "";
    this.started = await startQuilt({
      source,
      base: this.base,
      upstreamRef: "v1.0",
      dist,
      tip,
      committer: bot,
    });
    this.source.tip = this.started.head;
    await source.flush();
    return this.started;
  }

  /** Converts what source-git holds and commits it to dist-git, as the bot would. */
  async convert(): Promise<Converted> {
    await this.source.store.flush();
    await this.dist.store.flush();
    const [head, tip] = [this.source.tip ?? "", this.dist.tip ?? ""];
    const converted = await sourceToDist({
      source: this.source.store,
      head,
      dist: this.dist.store,
      tip,
    });
    this.last = converted;
    if (converted.changed) {
      const commit = { tree: converted.tree, parent: tip, author: bot, committer: bot, message: "Update" };
      this.dist.tip = commitToDist(this.dist.store, { ...commit, sourceCommit: head });
    }
    return converted;
  }

  /** Carries home what dist-git alone changed, since the two were in step or since a commit. */
  async bringHome(since?: string): Promise<BroughtHome> {
    await this.source.store.flush();
    await this.dist.store.flush();
    const home = await distToSource({
      source: this.source.store,
      head: this.source.tip ?? "",
      dist: this.dist.store,
      tip: this.dist.tip ?? "",
      since,
      committer: bot,
    });
    this.source.tip = home.head;
    return home;
  }

  /** The files that a conversion changes, with what they hold then; `undefined` for those that are gone. */
  async changes(): Promise<Record<string, string | undefined>> {
    const before = await this.dist.files();
    await this.convert();
    const after = await this.dist.files();
    const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return Object.fromEntries(
      paths.filter((path) => before[path] !== after[path]).map((path) => [path, after[path]]),
    );
  }

  /** Rewrites the commits since the base as an interactive rebase does: what is left out is dropped. */
  async rewrite(
    change: (commit: {
      subject: string;
      message: string;
    }) => { message?: string; files?: Files; author?: Signature } | "drop",
  ): Promise<void> {
    const { store } = this.source;
    const log = await store.git(["rev-list", "--reverse", `${this.base}..${this.source.tip ?? ""}`]);
    const ids = log.stdout.toString().split("\n").filter(Boolean);
    let tip = this.base;
    for (const id of ids) {
      const { message, author, tree, parents } = await store.readCommit(id);
      const wanted = change({ subject: message.split("\n")[0] ?? "", message });
      if (wanted === "drop") continue;
      const own = await this.#difference(parents[0] ?? "", tree);
      tip = await this.source.commit(
        wanted.message ?? message,
        { ...own, ...wanted.files },
        { parents: [tip], author: wanted.author ?? author },
      );
    }
  }

  /** Which files a commit sets, as `commit` of the test repository takes them. */
  async #difference(parent: string, tree: string): Promise<Files> {
    const { store } = this.source;
    const { stdout } = await store.git(["diff-tree", "-r", "--name-only", "--no-renames", parent, tree]);
    const files: Record<string, Files[string]> = {};
    for (const path of stdout.toString().split("\n").filter(Boolean)) {
      const shown = await store.git(["cat-file", "blob", `${tree}:${path}`], { expect: [0, 128] });
      files[path] = shown.exitCode === 0 ? shown.stdout : null;
    }
    return files;
  }
}

export interface QuiltOptions {
  /** Whether dist-git holds upstream's files beside `debian/`. */
  readonly shape?: "beside" | "alone";
  readonly upstream?: Files;
  /** Further files of dist-git. */
  readonly dist?: Files;
  /** The patches by name, and the series; without one, they are listed as they come. */
  readonly patches?: Readonly<Record<string, string | Buffer>>;
  readonly series?: string;
}

/** A package that is not begun yet: upstream's release on one side, dist-git on the other. */
export async function newQuilt(options: QuiltOptions = {}): Promise<QuiltPackage> {
  const source = await newRepository();
  const dist = await newRepository();
  const released = options.upstream ?? upstream;
  await source.commit("Release 1.0\n", released);
  await source.store.flush();
  await source.tag("v1.0");
  const patches = Object.entries(options.patches ?? {});
  const series = options.series ?? patches.map(([name]) => `${name}\n`).join("");
  const files: Files = {
    ...(options.shape === "alone" ? {} : released),
    ...packaging,
    ...Object.fromEntries(patches.map(([name, content]) => [`debian/patches/${name}`, content])),
    ...(series === "" ? {} : { "debian/patches/series": series }),
    ...options.dist,
  };
  await dist.commit("Import hello\n", files, { author: maintainer });
  return new QuiltPackage(source, dist);
}

/** The same, begun. */
export async function startedQuilt(options: QuiltOptions = {}): Promise<QuiltPackage> {
  const hello = await newQuilt(options);
  await hello.start();
  return hello;
}
