/** Random numbers that a seed replays; each name has a stream of its own, so that one more draw here moves nothing there. */
export function randomFrom(seed, name) {
  let state = hashOf(`${seed} ${name}`);
  // Mulberry32.
  const number = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low, high) => low + number() * (high - low);
  return {
    number,
    between,
    whole: (low, high) => Math.floor(between(low, high + 1)),
    chance: (part) => number() < part,
    pick: (list) => list[Math.floor(number() * list.length)],
    /** A key of an object whose values say how often each comes. */
    weighted: (weights) => {
      const entries = Object.entries(weights);
      let left = number() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      return (entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1))[0];
    },
  };
}

/** FNV-1a. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  return hash >>> 0;
}
