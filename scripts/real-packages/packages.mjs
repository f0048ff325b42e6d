import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { git, run } from "./run.mjs";

/**
 * The packages in a folder, by name: `{ name, kind, path }`. A folder is a package when it holds a spec (at its top or in
 * SPECS), a `.dsc` or a `debian` folder; a `.dsc` that lies in the folder itself is one, too.
 */
export async function findPackages(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory() ? packageIn(join(folder, entry.name)) : archiveAt(join(folder, entry.name)),
    ),
  );
  return found.filter((one) => one !== undefined).sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function packageIn(path) {
  const name = basename(path);
  const entries = await readdir(path);
  const specs = entries.includes("SPECS") ? await readdir(join(path, "SPECS")) : entries;
  if (specs.some((file) => file.endsWith(".spec"))) return { name, kind: "rpm", path };
  if (entries.includes("debian")) return { name, kind: "deb", path };
  const archive = entries.find((file) => file.endsWith(".dsc"));
  return archive === undefined ? undefined : { name, kind: "deb", path: join(path, archive), archive: true };
}

function archiveAt(path) {
  if (!path.endsWith(".dsc")) return undefined;
  return { name: basename(path).split("_")[0], kind: "deb", path, archive: true };
}

/** Makes a repository of one commit that holds the package as a distribution keeps it. */
export async function makeDistGit({ path, archive }, repository) {
  if (archive) {
    const { code, stderr } = await run("dpkg-source", [
      "--no-check",
      "--skip-patches",
      "-x",
      path,
      repository,
    ]);
    if (code !== 0) throw new Error(`dpkg-source: ${stderr.toString("utf8").trim()}`);
  } else {
    await cp(path, repository, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => basename(file) !== ".git",
    });
  }
  await initialise(repository);
  await commitAll(repository, "Import the package");
}

/** Makes upstream's repository of what a Debian package holds beside its debian folder; answers the tag of it. */
export async function makeUpstream(distGit, repository) {
  await mkdir(repository);
  await initialise(repository);
  await git(repository, ["fetch", "-q", "--no-tags", distGit, "HEAD"]);
  await git(repository, ["read-tree", "FETCH_HEAD"]);
  await git(repository, ["rm", "-q", "-r", "--cached", "--ignore-unmatch", "debian"]);
  await git(repository, ["commit", "-q", "--allow-empty", "-m", "Import upstream's release"]);
  await git(repository, ["tag", "upstream"]);
  await git(repository, ["reset", "-q", "--hard"]);
  return "upstream";
}

async function initialise(repository) {
  await git(repository, ["init", "-q", "-b", "main"]);
  await keepBytes(repository);
}

/** Upstream's own attributes must not change line ends on the way to a work tree: the bytes are what is looked at. */
export async function keepBytes(repository) {
  const path = (await git(repository, ["rev-parse", "--git-path", "info"])).trim();
  const folder = join(repository, path);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "attributes"), "* -text -eol -ident -filter -working-tree-encoding\n");
}

async function commitAll(repository, message) {
  await git(repository, ["add", "--all", "--force"]);
  await git(repository, ["commit", "-q", "--allow-empty", "-m", message]);
}
