import { gitText } from "./run.js";

/** Tags that somebody may mean by a name that is none, for they say the same version: at most three, the likeliest first. */
export async function likelyTags(directory: string, name: string): Promise<readonly string[]> {
  const wanted = versionOf(name);
  if (wanted === "") return [];
  const tags = await gitText(["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"], { directory });
  const versions = tags.split("\n").map((tag) => ({ tag, version: versionOf(tag) }));
  const exact = versions.filter(({ version }) => version === wanted);
  // A number may belong to the name of the package: libX11-1.8 is 1.8.
  const longer = versions.filter(
    ({ version }) =>
      version.includes(".") && (version.endsWith(`.${wanted}`) || wanted.endsWith(`.${version}`)),
  );
  return [...exact, ...longer].slice(0, 3).map(({ tag }) => tag);
}

/** `R_2_6_4`, `v2.6.4` and `expat-2.6.4` are one version. */
function versionOf(name: string): string {
  return (name.toLowerCase().match(/\d+[a-z]*/g) ?? []).join(".");
}
