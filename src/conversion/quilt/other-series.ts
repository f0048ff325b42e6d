import { patchFolder, type QuiltSide } from "./quilt-side.js";

/**
 * Series beside the one that is read and written. dpkg-source takes the one that is called like the system on which it
 * runs before `series`, so the package is another on another system.
 */
export function otherSeries({ files, series }: QuiltSide): readonly { line: number; reason: string }[] {
  const others = [...files.keys()].filter(
    (path) =>
      path !== series.path &&
      /^(?:[^/]+\.)?series$/.test(path.slice(patchFolder.length)) &&
      path.startsWith(patchFolder),
  );
  return others.map((path) => ({
    line: 1,
    reason: `${path} is not looked at: ${series.path} is taken, as on Debian`,
  }));
}
