import { machine, writeConversionPart } from "./page.mjs";

export function printCase(result) {
  const { name, aim, held } = result;
  const figures = [
    time(result.ours),
    result.floor && `floor ${time(result.floor)}`,
    shownRatio(result),
    memoryOf(result),
  ];
  console.log(`${held ? "met   " : "MISSED"}  ${name}: ${figures.filter(Boolean).join(", ")} (${aim})`);
}

/** Keeps the results in docs/benchmarks.md, with the machine that they hold for. */
export function writeReport(results) {
  const rows = results.map((result) => {
    const { name, ours, floor, aim, held } = result;
    const cells = [
      name,
      time(ours),
      time(floor),
      shownRatio(result),
      memoryOf(result),
      aim,
      held ? "yes" : "**no**",
    ];
    return `| ${cells.map((cell) => cell || "").join(" | ")} |`;
  });
  const table = [
    "| case | Sluice | floor | ratio | memory | aim | met |",
    "| --- | ---: | ---: | ---: | ---: | --- | --- |",
    ...rows,
  ];
  const limits = limitsOf.map(([name, limit]) => `- **${name}**: ${limit}`);
  writeConversionPart(
    `${introduction}\n${machine()}\n\n${table.join("\n")}\n\n${limitsTitle}\n\n${limits.join("\n")}\n`,
  );
}

const introduction = `# Benchmarks

\`npm run bench\` makes repositories of fixed contents, lets git and Sluice take turns on them several times in one run, so that what else happens on the machine hits both. It wrote this page. Times are the fastest of all turns, with their median in brackets; a ratio is the median of those of the single turns, each of git and Sluice one right after the other: fifteen turns for 20 and 200 patches, four for 2,000, seven otherwise. \`npm run bench -- --check\` ends with 1 when an aim is missed, \`--quick\` leaves out the large cases.

The floor is \`git format-patch\` of the same range into files, without \`.distro/\`; for \`init\` it is \`git am\` of the same mails. A whole process is \`bin/sluice update-dist-git SOURCE DIST\` into a fresh dist-git clone, its commit and work tree included. In the service, a library call converts a merge request after a push, on bare clones that hold the objects, in a process that converted it before; landing it on its target branch and writing the dist-git commit are included. In the service, a merge request of 20 and one of 200 patches take turns, each in a process that thirty pushes have warmed up. Memory is the most that the process and the git processes that it started held at one moment; what they share is counted for each, but for the copy of a process that is about to become git.
`;
const limitsOf = [
  [
    "20 patches",
    "starting Node and taking back the compiled program (see decision 8); the rest is some fourteen short git processes, whose start is what they cost: those that need no other's answer are started together, and those that are asked in any case before they are.",
  ],
  [
    "200 patches",
    "starting Node, then `git format-patch` itself, then `git merge --ff-only`, which writes 200 files. The patches are proved without being applied where git has just made them of the very files, and what a patch does is worked out only where dist-git has another of its name.",
  ],
  [
    "2,000 patches",
    "as before; what grows is format-patch, reading its mails once, and writing the files. Memory holds every patch once, and what V8 has not collected yet; a file that is stored is not copied for it.",
  ],
  [
    "80,000 files",
    "nothing reads a whole tree: only the folders of the paths that matter, by `cat-file --batch-command`.",
  ],
  [
    "the service",
    "one git process, whatever the number of patches: `git format-patch` of the new commit. The readers of both sides stay open from one job to the next, the new commit is read from its objects, and a handful of new objects is stored without git. Commits, their trailers, mails, patches, proofs and the ids of their files are recalled by the ids of the objects; what is left of the number of patches is a few passes over lists, the spec and the tree that name them all, and one question whether their files are stored.",
  ],
  [
    "a target branch that has moved",
    "what was replayed on this target is recalled by the ids of both, so that a push replays what it brought. Only when the target moves is each commit replayed in memory again, tree by tree.",
  ],
  [
    "init",
    "starting Node; commits are made in memory and stored as one pack, where `git am` starts anew for each mail.",
  ],
];

const limitsTitle = "## What limits each";

function time(times) {
  return times && `${times.minimum.toFixed(0)} ms (${times.median.toFixed(0)})`;
}

function shownRatio({ ratio }) {
  return ratio && `${ratio.toFixed(2)} ×`;
}

function memoryOf({ memory }) {
  return memory && `${memory.toFixed(0)} MB`;
}
