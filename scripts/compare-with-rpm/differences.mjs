/**
 * How Sluice's answer differs from rpm's: nothing, or one word a kind of difference with the two sides. A difference counts
 * as explained when Sluice itself says, under `unsupported`, why it cannot know.
 */
export function listDifferences(ours, theirs) {
  return [
    ...differ("sources", pairs(ours.sources), pairs(theirs.sources)),
    ...differ("patches", sorted(pairs(ours.patches)), sorted(pairs(theirs.patches))),
    ...differ("order", order(ours, theirs), once(theirs.applied.map(({ file }) => file))),
    ...differ("strip", strips(ours.patches, theirs), strips(theirs.applied, theirs)),
  ];
}

function differ(what, ours, theirs) {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return [];
  const onlyOurs = ours.filter((each) => !theirs.includes(each));
  const onlyTheirs = theirs.filter((each) => !ours.includes(each));
  return [{ what, onlyOurs, onlyTheirs }];
}

function pairs(files) {
  return files.map(({ number, file }) => `${number} ${file}`);
}

function sorted(texts) {
  return [...texts].sort();
}

function once(texts) {
  return [...new Set(texts)];
}

/** The order of what both know; whether both know the same is another question. */
function order(ours, theirs) {
  const known = new Set(theirs.patches.map(({ file }) => file));
  return once(
    ours.patches
      .filter(({ file, appliedBy }) => appliedBy !== null && known.has(file))
      .map(({ file }) => file),
  );
}

function strips(patches, theirs) {
  const applied = new Set(theirs.applied.map(({ file }) => file));
  const seen = new Map();
  for (const { file, strip } of patches) if (applied.has(file) && !seen.has(file)) seen.set(file, strip);
  return sorted([...seen].map(([file, strip]) => `-p${strip} ${file}`));
}

/** Why a difference is no mistake, as far as Sluice's own answer tells. */
export function explain({ unsupported }) {
  const reasons = unsupported.map(({ reason }) => reason);
  const said = (pattern) => reasons.some((reason) => pattern.test(reason));
  if (said(/Lua/)) return "Lua is not executed";
  if (said(/shell/)) return "shell is not executed";
  if (said(/another file/)) return "other files are not read";
  if (said(/is not known|depends on where it is built|is not understood/))
    return "a macro of the distribution";
  if (said(/depends on where the package is built/)) return "a condition of distribution or machine";
  return undefined;
}
