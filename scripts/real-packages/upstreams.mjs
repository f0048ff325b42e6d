import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { keepBytes } from "./packages.mjs";
import { git } from "./run.mjs";

/** The upstream repositories in a folder, and what its `upstreams.txt` says of packages: `package repository [ref]`. */
export async function readUpstreams(folder) {
  const entries = folder === undefined ? [] : await readdir(folder);
  const list = join(folder ?? "", "upstreams.txt");
  const lines = existsSync(list) ? (await readFile(list, "utf8")).split("\n") : [];
  const named = lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name && !name.startsWith("#"));
  return {
    folder,
    entries,
    named: new Map(named.map(([name, repository, ref]) => [name, { repository, ref }])),
  };
}

/** The repository and ref of a package's upstream: `{ path, ref }`, `ref` absent where only its version can tell. */
export function upstreamOf(name, { folder, entries, named }) {
  const told = named.get(name);
  const repository = told?.repository ?? entries.find((entry) => spoken(entry) === spoken(name));
  if (repository === undefined || !entries.includes(repository)) return undefined;
  return { path: join(folder, repository), ref: told?.ref };
}

/** Names differ in case and in a word for the language: `python-jinja2` is `jinja2`, `Linux-PAM` is `linux-pam.git`. */
function spoken(name) {
  return name
    .toLowerCase()
    .replace(/\.git$/, "")
    .replace(/^python3?-/, "");
}

/** Clones upstream without a work tree or a copied object; `ref` or the version's tag is a branch of its own. */
export async function cloneUpstream({ path, ref }, { name, version, repository }) {
  await git(".", ["clone", "-q", "--shared", "--bare", path, repository]);
  await keepBytes(repository);
  const found = ref ?? tagOf((await git(repository, ["tag"])).split("\n"), { name, version });
  if (found === undefined) throw new Error(`upstream has no tag for version ${version}`);
  await git(repository, ["update-ref", "refs/heads/source-git", `${found}^{commit}`]);
  await git(repository, ["symbolic-ref", "HEAD", "refs/heads/source-git"]);
  return found;
}

/** The tag that names a version, as projects write it: v1.2, 1.2, name-1.2, name_1_2, release-1.2, R_1_2, V_1_2_P1. */
export function tagOf(tags, { name, version }) {
  const spelling = new Map(tags.map((tag) => [parts(tag), tag]));
  const starts = ["", "v", "r", "rel", "release", "version", name, spoken(name)];
  const spellings = ["", "release", "final"].flatMap((end) =>
    starts.map((start) => parts(`${start} ${version} ${end}`)),
  );
  return spelling.get(spellings.find((one) => spelling.has(one)));
}

/** The words and numbers of a tag: 1.11 and 11.1 differ, 9.8p1 and 9_8_P1 do not. */
function parts(text) {
  return (text.toLowerCase().match(/[a-z]+|[0-9]+/g) ?? []).join(".");
}
