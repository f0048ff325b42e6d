import { chmodSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join, sep } from "node:path";

/**
 * Cuts a file of one of Sluice's copies in half, as a disk does that goes bad; `victim` in 0..1 chooses. A copy that was hurt
 * once is spared: twice within an hour is a case for the operator. Answers whether there was any to hurt.
 */
export function damageCopy(directory, victim, hurt) {
  const files = objectsUnder(directory).filter((file) => !hurt.has(copyOf(file)));
  const file = files[Math.floor(victim * files.length)];
  if (file === undefined) return false;
  try {
    chmodSync(file, 0o644);
    truncateSync(file, Math.floor(statSync(file).size / 2));
  } catch (error) {
    // Sluice puts its copies in order meanwhile.
    if (error.code !== "ENOENT") throw error;
    return false;
  }
  hurt.add(copyOf(file));
  return true;
}

function objectsUnder(directory) {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && /\.git[/\\]objects[/\\](?!info)/.test(join(entry.parentPath, entry.name)),
      )
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/\.(lock|keep)$|tmp_/.test(file))
      .sort();
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return [];
  }
}

/** The same copy of two machines is two. */
function copyOf(file) {
  return file.slice(0, file.indexOf(`.git${sep}objects`));
}
