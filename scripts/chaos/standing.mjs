/** What people's last doing came to, from what they did and what both forges say; nothing of Sluice's goes in. */
export function standing({ record, mine, mirrors, mirror, collides }) {
  const waits = record.home !== record.place.sourceGit && !record.trusted.has(mine.head);
  const endedInDist = mirrors.some(({ state }) => state === "merged") || record.dist.closed === true;
  // What people push to Sluice's branch is theirs.
  const byHand = (record.byHand ?? []).some(
    ({ commit }) => mirror?.state === "open" && mirror.head === commit,
  );
  // What conflicts keeps its commits back, and not what people say of them.
  const isFollowed = mine.state === "open" && !waits && !endedInDist && !byHand;
  return { waits, endedInDist, byHand, collides, isFollowed, isMirrored: isFollowed && !collides };
}

/** The lines that merge requests write into the file that they share. */
export function sharedLines(text) {
  return text.split("\n").filter((line) => /^# \d+: /.test(line));
}

/** Whether each has something at one place that the other lacks, so that only people can tell what becomes of it. */
export function partWays(some, others) {
  const lacks = (these, those) => those.some((line) => !these.includes(line));
  return lacks(some, others) && lacks(others, some);
}
