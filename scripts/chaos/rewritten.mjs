/** dist-git merged a head, and source-git another that does not have it: with layout plain, the files conflict. */
export async function isRewritten({ requests }, { seen, branch }) {
  const { place, trees, sourceBranches, distBranches } = seen;
  if (place.layout !== "plain") return false;
  const [source, dist] = await Promise.all([
    trees.files(place.sourceGit.gitDirectory, sourceBranches.get(branch)),
    trees.files(place.distGit.gitDirectory, distBranches.get(branch)),
  ]);
  for (const { record, mine, mirrors } of requests) {
    if (record.place !== place || mine.state !== "merged" || mine.targetBranch !== branch) continue;
    if (source.get(record.file) === dist.get(record.file)) continue;
    for (const { state, targetBranch, head } of mirrors) {
      if (state !== "merged" || targetBranch !== branch) continue;
      const [commit] = await trees.standsFor(place.distGit, head);
      if (commit && !(await trees.holds(place.sourceGit, sourceBranches.get(branch), commit))) return true;
    }
  }
  return false;
}
