import { isRewritten } from "./rewritten.mjs";
import { sharedFiles } from "./people.mjs";
import { branches } from "./plan.mjs";
import { partWays, sharedLines } from "./standing.mjs";
import { applied, releaseIn } from "./tree-rules.mjs";

/** What must hold of each package; each rule answers what is wrong, in words. */

export const packageRules = [
  async function nothingLost(seen, say, sight) {
    const { place, trees, sourceBranches, distBranches } = seen;
    const own = sight.requests.filter(({ record }) => record.place === place);
    for (const branch of branches) {
      const source = await trees.files(place.sourceGit.gitDirectory, sourceBranches.get(branch));
      const dist = await applied(trees, place, distBranches.get(branch), say);
      for (const { record, mine } of own) {
        if (mine.state !== "merged" || mine.targetBranch !== branch) continue;
        const merged = await trees.files(place.sourceGit.gitDirectory, mine.head);
        if (source.get(record.file) !== merged.get(record.file))
          say(`${record.file} was merged into ${branch} of source-git and is not there as it was`);
        await linesStay({ seen, say, branch }, { side: "source", from: merged, to: source, record });
      }
      for (const { record, mirrors } of own) {
        for (const { state, targetBranch, head } of mirrors) {
          if (state !== "merged" || targetBranch !== branch || !dist) continue;
          const merged = (await applied(trees, place, head, say)) ?? new Map();
          const known = [merged, source].map((files) => files.get(record.file));
          if (!dist.has(record.file) || !known.includes(dist.get(record.file)))
            say(`${record.file} was merged into ${branch} of dist-git and is not there as it was`);
          await linesStay({ seen, say, branch }, { side: "dist", from: merged, to: dist, record });
        }
      }
    }
  },

  async function distGitsOwnStays(seen, say) {
    const { place, trees, distBranches } = seen;
    for (const branch of branches) {
      const raw = await trees.files(place.distGit.gitDirectory, distBranches.get(branch));
      for (const { path, branch: its } of place.distOnly ?? []) {
        if (its === branch && path !== undefined && !raw.has(path))
          say(`dist-git's own ${path} is gone from ${branch}`);
      }
      const release = place.releases?.get(branch);
      const found = await releaseIn(seen, raw);
      if (release !== undefined && found !== release)
        say(`${branch} of dist-git says "${found}", not "${release}"`);
    }
  },

  /** What dist-git has of a merge request that ended without being merged comes home as its own. */
  async function closedOnesComeHome({ place, trees, sourceBranches }, say, sight) {
    for (const { record, mine, mirrors } of sight.requests.filter((one) => one.record.place === place)) {
      if (mine.state !== "closed") continue;
      for (const { state, targetBranch } of mirrors) {
        if (state !== "merged") continue;
        if (isAwaited(sight, { place, branch: targetBranch })) continue;
        const source = await trees.files(place.sourceGit.gitDirectory, sourceBranches.get(targetBranch));
        if (!source.has(record.file))
          say(`${record.file} is in ${targetBranch} of dist-git alone, and its merge request is closed`);
      }
    }
  },

  async function comesHomeOnce(seen, say, sight) {
    const { place, trees, sources, dists, sourceBranches } = seen;
    for (const branch of branches) {
      const homes = [branch, `sluice/from-dist-${branch}`].filter((name) => sourceBranches.has(name));
      const named = await trees.homeTrailers(
        place.sourceGit,
        homes.map((name) => `refs/heads/${name}`),
      );
      const awaited = isAwaited(sight, { place, branch }) || (await isRewritten(sight, { seen, branch }));
      const home = await trees.files(place.sourceGit.gitDirectory, sourceBranches.get(homes.at(-1)));
      for (const { branch: its, commit, path } of place.distOnly ?? []) {
        if (its !== branch) continue;
        const count = named.filter((each) => each === commit).length;
        const name = `${path ?? "the release"} of ${branch} (${commit})`;
        if (count > 1 || (count === 0 && !awaited)) say(`${name} came home ${count} times`);
        const there = place.layout === "rpm" ? `.distro/${path}` : path;
        if (count === 1 && path !== undefined && !home.has(there)) say(`${name} came home, and is not there`);
      }
      const open = sources.filter(
        ({ sourceBranch, state }) => sourceBranch === `sluice/from-dist-${branch}` && state === "open",
      );
      if (open.length > 1) say(`${open.length} merge requests bring ${branch} home`);
    }
    for (const { number, description, author } of dists) {
      if (/sluice/.test(author) && !/Mirrored by Sluice/.test(description))
        say(`dist-git ${number} is by Sluice and mirrors nothing`);
    }
  },

  function branchesAreOfUse({ sources, dists, sourceBranches, distBranches }, say) {
    for (const name of distBranches.keys()) {
      if (!name.startsWith("sluice/")) continue;
      const states = dists.filter(({ sourceBranch }) => sourceBranch === name).map(({ state }) => state);
      if (!states.includes("open") && !states.includes("closed"))
        say(`dist-git's branch ${name} is of no use: ${states.join(", ") || "no merge request"}`);
    }
    for (const name of sourceBranches.keys()) {
      if (!name.startsWith("sluice/")) continue;
      const isOpen = sources.some(({ sourceBranch, state }) => sourceBranch === name && state === "open");
      if (!isOpen) say(`source-git's branch ${name} is of no use`);
    }
  },
];

/** dist-git's own changes wait behind what dist-git merged before source-git did, and behind conflicts. */
function isAwaited({ requests, packages }, { place, branch }) {
  const { source, dist } = packages.find((one) => one.place === place).shared.get(branch);
  if (partWays(source, dist)) return true;
  return requests.some(
    ({ record, mine, mirrors }) =>
      record.place === place &&
      mine.state === "open" &&
      mirrors.some(({ state, targetBranch }) => state === "merged" && targetBranch === branch),
  );
}

async function linesStay({ seen: { place, trees }, say, branch }, { side, from, to, record }) {
  const path = sharedFiles[place.fixture];
  const [before, after] = await Promise.all(
    [from, to].map(async (files) => sharedLines(await trees.text(place, side, files.get(path)))),
  );
  for (const line of before.filter((each) => each.startsWith(`# ${record.request}: `))) {
    if (!after.includes(line)) say(`"${line}" was merged into ${branch} of ${side}-git and is not there`);
  }
}
