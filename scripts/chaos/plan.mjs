import { randomFrom } from "./random.mjs";

/** What kinds of package there are, and what their links say; packages take turns. */
const kinds = [
  { fixture: "tally", layout: "rpm", from: "gitlab", link: { "after-source-merge": "merge" } },
  { fixture: "tally", layout: "rpm", from: "github", link: { "after-dist-merge": "merge" } },
  { fixture: "chime", layout: "plain", from: "gitlab", link: { "after-source-merge": "merge-when-green" } },
  { fixture: "gong", layout: "quilt", from: "github", link: { "after-dist-merge": "close" } },
];

/** How many merge requests a package has: each that is merged makes all others look for conflicts. */
const requestsEach = 20;

/** Branches that are linked on both sides. */
export const branches = ["main", "devel"];

/** What may happen to a merge request once it is open, and how often; what does not fit its state by then is passed over. */
const steps = {
  push: 22,
  "push-shared": 5,
  "force-push": 8,
  rebase: 5,
  retitle: 9,
  describe: 4,
  "toggle-draft": 8,
  retarget: 4,
  chat: 3,
  status: 3,
  resync: 4,
  retry: 5,
  rerun: 2,
  pause: 3,
  recreate: 2,
  "order-close": 1,
  "close-and-reopen": 5,
  "dist-merge": 4,
  "dist-close": 2,
  "dist-branch-push": 3,
  "dist-status": 2,
  "dist-retry-ci": 3,
};

/** What people do next. */
const thenMaybe = {
  "close-and-reopen": () => "reopen",
  pause: () => "resume",
  "dist-close": (random) => random.chance(0.5) && "dist-reopen",
  "order-close": (random) => random.chance(0.5) && "recreate",
  "dist-branch-push": (random) => random.pick(["recreate", "dist-branch-undo", undefined]),
};

const ends = { open: 45, merge: 32, close: 23 };

/** Everything that people and bad luck do: at which millisecond, in order. The same for the same seed and size. */
export function makePlan({ seed, requests, milliseconds, database }) {
  const packages = packagesFor(requests);
  const actions = [
    ...Array.from({ length: requests }, (_, index) =>
      life({ random: randomFrom(seed, `life ${index}`), index, packages, milliseconds }),
    ).flat(),
    ...packages.flatMap(({ name }) =>
      distLife({ random: randomFrom(seed, `dist ${name}`), name, milliseconds }),
    ),
  ];
  const faults = faultsFor({ random: randomFrom(seed, "faults"), milliseconds, database });
  return { seed, requests, milliseconds, packages, actions: inOrder(actions), faults: inOrder(faults) };
}

function packagesFor(requests) {
  const count = requests < 8 ? 1 : Math.max(2, Math.ceil(requests / requestsEach));
  return Array.from({ length: count }, (_, index) => ({
    ...kinds[index % kinds.length],
    name: `${kinds[index % kinds.length].fixture}-${index + 1}`,
  }));
}

/** One merge request, from its opening to what becomes of it. */
function life({ random, index, packages, milliseconds }) {
  const request = index + 1;
  const { name } = packages[index % packages.length];
  const fork = random.chance(0.22);
  const begin = random.between(0, milliseconds * 0.65);
  const actions = [];
  let at = begin;
  const act = (verb, given = {}) =>
    actions.push({ at: Math.round(at), verb, request, package: name, ...given });
  const wait = (most = milliseconds * 0.12) => (at = Math.min(milliseconds, at + random.between(100, most)));

  act("open", { fork, draft: random.chance(0.15), branch: random.chance(0.2) ? "devel" : "main" });
  const trusts = fork && random.chance(0.85);
  const look = () => trusts && wait() && act("trust");
  look();
  for (let count = random.whole(1, 5); count > 0; count -= 1) {
    wait();
    const verb = random.weighted(steps);
    act(verb);
    if (/push|rebase/.test(verb) && !verb.startsWith("dist-")) look();
    const next = thenMaybe[verb]?.(random);
    if (next) wait() && act(next);
  }
  const end = random.weighted(ends);
  if (end !== "open") wait() && act(end, { squash: random.chance(0.25), leavesBranch: random.chance(0.6) });
  return actions;
}

/** What happens in a package's dist-git by itself: pushes, a CI in a mood, and homecomings that are merged. */
function distLife({ random, name, milliseconds }) {
  const actions = [];
  const every = (most, act) => {
    for (let at = random.between(0, most); at < milliseconds; at += random.between(most / 3, most))
      act(Math.round(at));
  };
  every(milliseconds * 0.5, (at) =>
    actions.push({
      at,
      verb: random.chance(0.4) ? "dist-release" : "dist-push",
      package: name,
      branch: random.chance(0.2) ? "devel" : "main",
    }),
  );
  every(milliseconds * 0.4, (at) => actions.push({ at, verb: "merge-home", package: name }));
  every(milliseconds * 0.3, (at) =>
    actions.push({
      at,
      verb: "ci-mood",
      package: name,
      mood: random.pick(["green", "green", "red", "slow"]),
    }),
  );
  return actions;
}

function faultsFor({ random, milliseconds, database }) {
  const faults = [];
  const every = ({ first, least, most }, make) => {
    for (let at = first; at < milliseconds * 0.97; at += random.between(least, most)) {
      faults.push({ at: Math.round(at), ...make() });
    }
  };
  const length = (low, high) => Math.round(random.between(low, high));
  every({ first: random.between(2000, 5000), least: 5000, most: 14_000 }, () => {
    return { fault: "kill", victim: random.number(), milliseconds: length(0, 1500) };
  });
  every({ first: random.between(8000, 30_000), least: 25_000, most: 60_000 }, () => {
    return { fault: "stop", victim: random.number(), milliseconds: length(0, 1500) };
  });
  // Longer than a lease, where others may take the work meanwhile.
  every({ first: random.between(10_000, 40_000), least: 60_000, most: 120_000 }, () => {
    const isLong = database === "postgres";
    return {
      fault: "freeze",
      victim: random.number(),
      milliseconds: length(...(isLong ? [31_000, 40_000] : [2000, 6000])),
    };
  });
  every({ first: random.between(10_000, 40_000), least: 50_000, most: 100_000 }, () => {
    return { fault: "damage", victim: random.number() };
  });
  every({ first: random.between(3000, 7000), least: 7000, most: 18_000 }, () => {
    const how = random.pick(["down", "refuse", "hang", "cut", "cut", "rate-limit"]);
    return {
      fault: "outage",
      how,
      forge: random.pick(["gitlab", "github"]),
      milliseconds: length(800, 5000),
    };
  });
  every({ first: random.between(1000, 5000), least: 9000, most: 25_000 }, () => {
    return { fault: "reject-push", forge: random.pick(["gitlab", "github"]) };
  });
  every({ first: milliseconds * random.between(0.3, 0.5), least: 45_000, most: 90_000 }, () => {
    return { fault: "disk-full", milliseconds: length(1500, 5000) };
  });
  if (database === "postgres") {
    every({ first: milliseconds * random.between(0.2, 0.45), least: 30_000, most: 70_000 }, () => {
      return { fault: "database-restart", milliseconds: length(200, 2500) };
    });
  }
  return faults;
}

function inOrder(list) {
  return list.sort((one, other) => one.at - other.at);
}
