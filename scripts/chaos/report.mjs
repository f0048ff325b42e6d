/** What a life came to, for people: what was done, how long it took, and everything that is wrong with both pictures. */
export function printLife(
  { plan, counts, passed, faults, webhooks, finishing, violations, sight, ...rest },
  { title, replay },
) {
  console.log(
    `\n${title}: seed ${plan.seed}, ${sight.requests.length} merge requests in ${plan.packages.length} packages`,
  );
  console.log(`  people     ${listed(counts)}`);
  console.log(`  too late   ${listed(passed)}`);
  console.log(
    `  faults     ${listed(faults)}${rest.canBeFull ? "" : "; no tmpfs can be mounted here, so the disk is never full"}`,
  );
  console.log(`  webhooks   ${listed(webhooks)}`);
  console.log(`  afterwards ${listed(finishing) || "nobody had to ask again"}`);
  console.log(`  took       ${rest.seconds.toFixed(0)} s, of which quiet ${rest.quietSeconds.toFixed(0)} s`);
  console.log(`  pairs      ${listed(statesOf(sight))}`);
  if (violations.length === 0) {
    console.log(`  every pair is right, nothing is doubled, nothing is lost\n`);
    return;
  }
  console.log(`\n${violations.length} violations:`);
  const pictured = new Set();
  for (const { rule, package: name, request, text } of violations) {
    console.log(
      `\n✗ ${rule}${name ? `, package ${name}` : ""}${request ? `, merge request ${request}` : ""}: ${text}`,
    );
    if (request === undefined || pictured.has(request)) continue;
    pictured.add(request);
    printPictures(
      sight.requests.find(({ record }) => record.request === request),
      plan,
    );
  }
  console.log(`\nThe same plan again (real time interleaves it in another way): ${replay}\n`);
}

function printPictures({ mine, mirrors, pair, statuses, checks, comments, mirrorComments, record }, plan) {
  const did = plan.actions.filter(({ request }) => request === record.request);
  console.log(`    plan: ${did.map(({ verb, at }) => `${verb} ${(at / 1000).toFixed(1)}`).join(", ")}`);
  console.log(`    source-git: ${sentence(mine)}`);
  for (const mirror of mirrors) console.log(`    dist-git:   ${sentence(mirror)}`);
  console.log(`    database:   ${pair ? JSON.stringify(pair) : "no pair"}`);
  const newest = new Map([...statuses, ...checks].map((status) => [status.context, status]));
  for (const { context, state, description } of newest.values())
    console.log(`    status:     ${context} ${state}: ${description}`);
  for (const [side, list] of Object.entries({ source: comments, dist: mirrorComments })) {
    for (const { author, body } of list)
      console.log(`    said in ${side}: ${author}: ${body.replace(/\s+/g, " ").slice(0, 160)}`);
  }
}

function sentence({ number, state, draft, title, sourceBranch, targetBranch, head, url }) {
  return `${number} ${state}${draft ? " draft" : ""} "${title}" ${sourceBranch} → ${targetBranch} at ${head.slice(0, 12)}, ${url}`;
}

function statesOf({ pairs }) {
  const counts = {};
  for (const { state } of pairs) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function listed(counts) {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
