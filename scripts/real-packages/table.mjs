const columns = [
  { title: "package", of: ({ name }) => name },
  { title: "patches", of: ({ patches }) => `${patches ?? "?"}`, right: true },
  { title: "init", of: ({ steps }) => said(steps.init) },
  { title: "empty diff", of: ({ steps }) => said(steps.empty) },
  { title: "applied", of: ({ steps }) => said(steps.applied) },
  { title: "add", of: ({ steps }) => counted(steps.add), right: true },
  { title: "change", of: ({ steps }) => counted(steps.change), right: true },
  { title: "drop", of: ({ steps }) => counted(steps.drop), right: true },
  { title: "seconds", of: ({ seconds }) => seconds.toFixed(1), right: true },
];
const steps = ["init", "empty", "applied", "add", "change", "drop"];
const titles = {
  init: "init",
  empty: "empty diff after init",
  applied: "patches applied give source-git's tree",
  add: "add a commit in the fewest lines",
  change: "change one in the fewest lines",
  drop: "drop one in the fewest lines",
};

/** The table, for people: three counts are the spec's changed lines + the patches' / the least that would do. */
export function table(rows) {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ of }) => of(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) =>
    line.map((cell, i) => (columns[i].right ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join("  "),
  );
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** How many packages held in each step, by kind, of those in which it could be tried. */
export function totals(rows) {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return kinds
    .map((kind) =>
      totalsOf(
        kind,
        rows.filter((row) => row.kind === kind),
      ),
    )
    .join("");
}

function totalsOf(kind, rows) {
  const lines = steps.map((name) => {
    const tried = rows.filter((row) => row.steps[name] !== undefined);
    const held = tried.filter((row) => row.steps[name].held);
    return `  ${titles[name].padEnd(42)} ${held.length} of ${tried.length}\n`;
  });
  return `${kind}: ${rows.length} packages\n${lines.join("")}`;
}

/** One line for each thing that does not hold, with its reason. */
export function reasons(rows) {
  return rows
    .flatMap((row) => [
      ...(row.trouble === undefined ? [] : [`${row.name}: ${row.trouble}`]),
      ...steps
        .filter((name) => row.steps[name]?.held === false)
        .map((name) => `${row.name}: ${name}: ${row.steps[name].reason}`),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

/** Whether everything that was tried held. */
export function allHold(rows) {
  return rows.every(
    (row) => row.trouble === undefined && Object.values(row.steps).every((step) => step?.held !== false),
  );
}

function said(step) {
  if (step === undefined) return "-";
  return step.held ? "yes" : "NO";
}

function counted(step) {
  if (step === undefined) return "-";
  return step.least === undefined ? "NO" : `${step.spec}+${step.patches}/${step.least}`;
}
