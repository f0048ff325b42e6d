import type { ObjectStore } from "../../git/object-store.js";
import type { QuiltSide } from "./quilt-side.js";

/** What a package says of itself; `undefined` where it says nothing that can be read. */
export interface PackageFacts {
  readonly package: string | undefined;
  /** Upstream's part, without epoch and without Debian's revision, as the tarball is named. */
  readonly version: string | undefined;
}

/** Largest `debian/changelog` that is read: 16 MB. */
const largestChangelog = 16 * 1024 ** 2;
const entry = /^(\S+) \(([^()\s]+)\)/m;

/** Reads the first entry of `debian/changelog`, and for a package without one the `Source` of `debian/control`. */
export async function readPackageFacts(store: ObjectStore, side: QuiltSide): Promise<PackageFacts> {
  const match = entry.exec(await textOf(store, side, "debian/changelog"));
  if (match !== null) return { package: match[1], version: upstreamVersion(match[2] ?? "", side.format) };
  const control = await textOf(store, side, "debian/control");
  return { package: /^Source:[ \t]*(\S+)/im.exec(control)?.[1], version: undefined };
}

async function textOf(store: ObjectStore, { files }: QuiltSide, path: string): Promise<string> {
  const file = files.get(path);
  if (file?.mode.startsWith("100") !== true) return "";
  return (await store.readBlob(file.id, largestChangelog)).toString("utf8");
}

/** A native package has no revision: all behind the epoch is its version. */
function upstreamVersion(version: string, format: string): string {
  const withoutEpoch = version.replace(/^\d+:/, "");
  return isNative(format) ? withoutEpoch : withoutEpoch.replace(/-[^-]*$/, "");
}

/** Whether the package is its own upstream, so that it can have no patches. */
export function isNative(format: string): boolean {
  return format === "3.0 (native)";
}
