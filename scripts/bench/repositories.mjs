import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";

const person = "Ada Lovelace <ada@example.org>";
const firstSecond = 1_700_000_000;
/** Most files are never changed, and short, so that large trees are made in seconds. */
const [shortFile, longFile] = [20, 250];
const words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split(" ");

/** Everything that git may read is said here: the bench is the same for everybody. */
export const environment = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  LC_ALL: "C",
  TZ: "UTC",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Grace Hopper",
  GIT_AUTHOR_EMAIL: "grace@example.org",
  GIT_COMMITTER_NAME: "Grace Hopper",
  GIT_COMMITTER_EMAIL: "grace@example.org",
};

export function git(args, options = {}) {
  return execFileSync("git", args, { env: environment, encoding: "utf8", maxBuffer: 2 ** 30, ...options });
}

export const spec = `Name:           bench
Version:        1.0
Release:        1%{?dist}
Summary:        Is measured
License:        MIT
URL:            https://example.org/bench
Source0:        bench-%{version}.tar.gz

BuildRequires:  gcc

%description
It is measured.

%prep
%autosetup -p1

%build
make

%changelog
* Tue Nov 14 2023 Ada Lovelace <ada@example.org> - 1.0-1
- First
`;

const configuration = `upstream_ref: v1.0
downstream_package_name: bench
specfile_path: .distro/bench.spec
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

/**
 * A bare source-git repository: upstream's release of so many files, `.distro/`, and so many commits on top, each of which
 * changes three files of 250 lines in four places each; every tenth adds a file. `main` is the last of them; the branch `commit-N` is
 * the Nth of those that `stops` names.
 */
export async function makeSource(directory, { files, commits, stops = [] }) {
  mkdirSync(directory, { recursive: true });
  git(["init", "-q", "--bare", "-b", "main", directory]);
  const importer = spawn("git", ["-C", directory, "fast-import", "--quiet"], {
    env: environment,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(importer, "close");
  for (const part of history(files, commits, new Set(stops))) {
    if (!importer.stdin.write(part)) await once(importer.stdin, "drain");
  }
  importer.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  // As a clone has it: one pack with deltas.
  git(["-C", directory, "repack", "-a", "-d", "-q"]);
}

function* history(files, commits, stops) {
  let second = firstSecond;
  const changed = new Set(Array.from({ length: commits }, (_, index) => changedBy(index + 1, files)).flat());
  const text = (index, version) => textOf(index, version, changed.has(index) ? longFile : shortFile);
  const begin = (message) => {
    second += 60;
    return `commit refs/heads/main\ncommitter ${person} ${second} +0100\n${data(message)}`;
  };
  yield begin("Release 1.0\n");
  for (let index = 0; index < files; index += 1) yield file(pathOf(index), text(index, 0));
  yield "reset refs/tags/v1.0\nfrom refs/heads/main\n\n";
  yield begin("Add distribution files\n");
  yield file(".distro/bench.spec", spec) + file(".distro/source-git.yaml", configuration);
  yield file(".distro/.gitignore", "!*\n");
  // Where a merge request's target branch is.
  yield "reset refs/heads/target\nfrom refs/heads/main\n\n";
  const versions = new Map();
  for (let number = 1; number <= commits; number += 1) {
    yield begin(`Change ${words[number % words.length]} in step ${number}\n\nIt is better so.\n`);
    for (const index of new Set(changedBy(number, files))) {
      versions.set(index, (versions.get(index) ?? 0) + 1);
      yield file(pathOf(index), text(index, versions.get(index)));
    }
    if (number % 10 === 0) yield file(`new/file-${number}.c`, textOf(files + number, 0, shortFile));
    if (stops.has(number)) yield `reset refs/heads/commit-${number}\nfrom refs/heads/main\n\n`;
  }
}

/** Forty files to a folder, forty folders to one above, as larger source trees are. */
function pathOf(index) {
  const folder = Math.floor(index / 40);
  return `part-${Math.floor(folder / 40)}/unit-${folder}/file-${index}.c`;
}

function changedBy(number, files) {
  return [number * 7919, number * 104_729 + 1, number * 1_299_709 + 2].map((index) => index % files);
}

function textOf(index, version, length) {
  const lines = Array.from({ length }, (_, line) => {
    const turn = Math.floor((version + 60 - (line % 60)) / 60);
    const changed = version > 0 && turn > 0 ? ` in version ${turn} of ${line % 60}` : "";
    return `${words[(index + line) % words.length]} ${index} ${line}${changed};`;
  });
  return `${lines.join("\n")}\n`;
}

function file(path, text) {
  return `M 100644 inline ${path}\n${data(text)}`;
}

function data(text) {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** A dist-git clone with its spec checked out, and no patches yet. */
export function makeDist(directory) {
  git(["init", "-q", "-b", "main", directory]);
  const stream = [
    `commit refs/heads/main\ncommitter ${person} ${firstSecond} +0100\n${data("Import bench\n")}`,
    file("bench.spec", spec),
    file("sources", "SHA512 (bench-1.0.tar.gz) = 00\n"),
  ];
  git(["-C", directory, "fast-import", "--quiet"], { input: stream.join("") });
  git(["-C", directory, "reset", "-q", "--hard", "main"]);
}
