import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitToDist } from "../../src/conversion/commit.js";
import type { Converted } from "../../src/conversion/layout.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { createBareStore } from "../../src/git/local-store.js";
import type { ObjectStore, Signature } from "../../src/git/object-store.js";
import { editTree, listFiles, type TreeChange } from "../../src/git/trees.js";

/** What a path shall hold: text, bytes, a link, a program; `null` removes it. */
export type Content = string | Buffer | { readonly link: string } | { readonly program: string } | null;
export type Files = Readonly<Record<string, Content>>;

const ada: Signature = { name: "Ada Lovelace", email: "ada@example.org", date: "1700000000 +0100" };
const bot: Signature = { name: "Sluice", email: "sluice@example.org", date: "1700000100 +0000" };

const open: { store: ObjectStore; folder: string }[] = [];

/** A repository of a test, written commit by commit. */
export class TestRepository {
  readonly store: ObjectStore;
  tip: string | undefined;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /** Commits changes on top of the tip, or of `parents`. */
  async commit(
    message: string,
    files: Files = {},
    { parents, author = ada }: { parents?: readonly string[]; author?: Signature } = {},
  ): Promise<string> {
    const from = parents ?? (this.tip === undefined ? [] : [this.tip]);
    const before = from[0] ?? this.store.writeTree([]);
    const changes = new Map(Object.entries(files).map(([path, content]) => [path, this.#change(content)]));
    const entries = await this.store.readTree(before);
    const tree =
      changes.size === 0 ? this.store.writeTree(entries) : await editTree(this.store, before, changes);
    this.tip = this.store.writeCommit({ tree, parents: from, author, committer: author, message });
    return this.tip;
  }

  async tag(name: string, commit = this.tip): Promise<void> {
    await this.store.git(["update-ref", `refs/tags/${name}`, commit ?? ""]);
  }

  /** Every file as text by its path; links as `-> target`. */
  async files(): Promise<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const { path, mode, id } of await listFiles(this.store, this.tip ?? "")) {
      const text = (await this.store.readBlob(id)).toString("latin1");
      result[path] = mode === "120000" ? `-> ${text}` : text;
    }
    return result;
  }

  async file(path: string): Promise<string | undefined> {
    return (await this.files())[path];
  }

  #change(content: Content): TreeChange {
    if (content === null) return undefined;
    if (typeof content === "string" || Buffer.isBuffer(content)) {
      return { mode: "100644", id: this.store.writeBlob(Buffer.from(content)) };
    }
    if ("link" in content) return { mode: "120000", id: this.store.writeBlob(Buffer.from(content.link)) };
    return { mode: "100755", id: this.store.writeBlob(Buffer.from(content.program)) };
  }
}

export async function newRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  const store = await createBareStore(folder);
  open.push({ store, folder });
  return new TestRepository(store);
}

/** For `afterEach`. */
export async function removeRepositories(): Promise<void> {
  for (const { store, folder } of open.splice(0)) {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export const configuration = `upstream_ref: v1.0
downstream_package_name: hello
specfile_path: .distro/hello.spec
patch_generation_ignore_paths:
- .distro
sync_changelog: true
files_to_sync:
- src:
  - .distro/
  dest: .
  delete: true
  mkpath: true
  filters:
  - protect .git*
  - protect sources
  - exclude source-git.yaml
  - exclude .gitignore
`;

export const spec = `Name:           hello
Version:        1.0
Release:        1%{?dist}
Summary:        Says hello
License:        MIT
URL:            https://example.org/hello
Source0:        hello-%{version}.tar.gz

BuildRequires:  gcc

%description
It says hello.

%prep
%autosetup -p1

%build
make

%changelog
* Tue Nov 14 2023 Ada Lovelace <ada@example.org> - 1.0-1
- First
`;

const upstream: Files = {
  "hello.c": '#include <stdio.h>\n\nint main(void)\n{\n\tputs("hello");\n\treturn 0;\n}\n',
  Makefile: "all: hello\n\nhello: hello.c\n\tcc -o hello hello.c\n",
  README: readme({}),
};

/** A package on both sides: upstream's release, `.distro/` on top, dist-git with the same spec. */
export class TestPackage {
  readonly source: TestRepository;
  readonly dist: TestRepository;
  last: Converted | undefined;

  constructor(source: TestRepository, dist: TestRepository) {
    this.source = source;
    this.dist = dist;
  }

  /** Converts what source-git holds and commits it to dist-git, as the bot would. */
  async convert(head = this.source.tip): Promise<Converted> {
    await this.source.store.flush();
    await this.dist.store.flush();
    const tip = this.dist.tip ?? "";
    const converted = await rpmLayout.sourceToDist({
      source: this.source.store,
      head: head ?? "",
      dist: this.dist.store,
      tip,
    });
    this.last = converted;
    if (converted.changed) {
      const commit = { tree: converted.tree, parent: tip, author: ada, committer: bot, message: "Update" };
      this.dist.tip = commitToDist(this.dist.store, { ...commit, sourceCommit: head ?? "" });
    }
    return converted;
  }

  /** The spec's lines that name patches. */
  async patchLines(path = "hello.spec"): Promise<string[]> {
    const text = (await this.dist.file(path)) ?? "";
    return text.split("\n").filter((line) => /^\s*patch\d*\s*:/i.test(line));
  }

  async patchFiles(): Promise<string[]> {
    return Object.keys(await this.dist.files()).filter((path) => path.endsWith(".patch"));
  }
}

export interface PackageOptions {
  readonly spec?: string;
  readonly distSpec?: string;
  readonly configuration?: string;
  readonly upstream?: Files;
  /** Further files of `.distro/`. */
  readonly distro?: Files;
  /** Further files of dist-git. */
  readonly dist?: Files;
}

export async function newPackage(options: PackageOptions = {}): Promise<TestPackage> {
  const source = await newRepository();
  const dist = await newRepository();
  await source.commit("Release 1.0\n", options.upstream ?? upstream);
  await source.store.flush();
  await source.tag("v1.0");
  const ownSpec = options.spec ?? spec;
  const distro = Object.entries(options.distro ?? {}).map(([path, content]) => [`.distro/${path}`, content]);
  await source.commit("Add distribution files\n", {
    ".distro/hello.spec": ownSpec,
    ".distro/source-git.yaml": options.configuration ?? configuration,
    ".distro/.gitignore": "!*\n",
    ...(Object.fromEntries(distro) as Files),
  });
  await dist.commit("Import hello\n", {
    "hello.spec": options.distSpec ?? ownSpec,
    sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
    ".gitignore": "/hello-*.tar.gz\n",
    ...(options.dist ?? {}),
  });
  return new TestPackage(source, dist);
}

/** Files without some of them. */
export function without(files: Readonly<Record<string, string>>, ...paths: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));
}

/** The upstream README with some of its lines replaced. */
export function readme(changes: Readonly<Record<number, string>>): string {
  const lines = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
  return `${lines.map((line, index) => changes[index + 1] ?? line).join("\n")}\n`;
}
