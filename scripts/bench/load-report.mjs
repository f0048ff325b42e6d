import { machine, writeLoadPart } from "./page.mjs";

export function printLoad({ name, cases, bare }) {
  console.log(`${name}; a server that only answers: p50 ${ms(bare.p50)}, p99 ${ms(bare.p99)}`);
  for (const each of cases) {
    const { held, aim, failed } = each;
    console.log(`${held ? "met   " : "MISSED"}  ${each.name}: ${figuresOf(each)} (${aim})`);
    if (failed) console.log(`        not held: ${failed.rate} a second: ${figuresOf(failed)}`);
  }
}

function figuresOf(each) {
  const { sent, effect } = each;
  const parts = [
    sent && `${sent.perSecond.toFixed(0)} a second, p50 ${ms(sent.p50)}, p99 ${ms(sent.p99)}`,
    sent && `longest ${ms(sent.maximum)}${oddIn(sent)}`,
    sent && `generator ${percent(sent.cpu)}, late by ${ms(sent.latest)} at most`,
    effect && `told p95 ${ms(effect.told.p95)}, mirrored p50 ${ms(effect.mirrored.p50)}`,
    effect && `p95 ${ms(effect.mirrored.p95)}${effect.missing > 0 ? `, ${effect.missing} never` : ""}`,
    processorOf(each) && `processor ${processorOf(each)}`,
    memoryOf(each) && `memory ${memoryOf(each)}`,
    each.lag === undefined ? "" : `loop lag p99 ${ms(each.lag)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Keeps the results in docs/benchmarks.md, with the machine that they hold for. */
export function writeLoad(results) {
  const rows = results.flatMap(({ name, cases }) => cases.map((each) => rowOf(name, each)));
  const table = [
    "| case | a second | p50 | p99 | mirrored p50 | p95 | processor, git | memory | aim | met |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |",
    ...rows,
  ];
  const floors = results.map(({ name, bare }) => `${ms(bare.p50)} and ${ms(bare.p99)} (${name})`);
  const [{ cases }] = results;
  const { median, largest } = cases[0].sent.sizes;
  const floor = `A server that only reads the body and answers has p50 and p99 of ${floors.join(", ")} at 300 a second.`;
  const sizes = `The webhooks have ${kilobytes(median)} at the median, ${kilobytes(largest)} at most.`;
  const limits = results.map(limitOf);
  writeLoadPart(
    `${introduction}\n\n${sizes} ${floor} ${machine()}\n\n${table.join("\n")}\n\n${limits.join("\n")}\n`,
  );
}

const introduction = `\`npm run bench -- load\` starts \`bin/sluice serve\` on SQLite and on Postgres, two forges in a box beside it on the same machine, and a process that sends webhooks at a steady rate, whatever becomes of those before. A latency counts from the moment at which the webhook should have left until its answer was read, so nothing that a stall kept waiting is left out. \`--check\` ends with 1 when an aim is missed; \`--quick\` takes ten seconds for each, and leaves this page as it is.

Of a hundred webhooks 76 are about CI on a hundred commits that Sluice does not know, 13 are pushes, 7 comments, and 4 are of merge requests that are mirrored, which has to be asked of the forge; all are signed, stored, and become jobs as they would. Meanwhile a merge request is opened every five seconds, converted, pushed and opened on the other side. A merge request counts as mirrored when dist-git has answered that its counterpart is open. Memory is that of the service's process, in the middle third of the run and in the last.`;

function rowOf(database, each) {
  const { sent, effect, held } = each;
  const cells = [
    `${database}: ${each.name}`,
    sent?.perSecond.toFixed(0),
    sent && ms(sent.p50),
    sent && ms(sent.p99),
    effect && ms(effect.mirrored.p50),
    effect && ms(effect.mirrored.p95),
    processorOf(each),
    memoryOf(each),
    each.aim,
    held ? "yes" : "**no**",
  ];
  return `| ${cells.map((cell) => cell ?? "").join(" | ")} |`;
}

function limitOf({ name, cases }) {
  const { failed } = cases.at(-1);
  if (!failed) return `- **${name}**: the highest rate that was tried held.`;
  const { rate, sent, seen, lag } = failed;
  return (
    `- **${name}**: ${rate} a second did not hold: ${sent.perSecond.toFixed(0)} were answered, p99 ${ms(sent.p99)}${oddIn(sent)}.` +
    ` The service's one thread took ${percent(seen.cpu)} of a processor, its git processes ${percent(seen.childrenCpu)},` +
    ` the generator ${percent(sent.cpu)}; the event loop was late by ${ms(lag)} at p99.`
  );
}

function oddIn({ outcomes }) {
  const odd = Object.entries(outcomes).filter(([outcome]) => outcome !== "202");
  return odd.map(([outcome, count]) => `, ${count} × ${outcome}`).join("");
}

function processorOf({ seen }) {
  return seen && `${percent(seen.cpu)}, ${percent(seen.childrenCpu)}`;
}

function memoryOf({ memory }) {
  return memory && `${memory.middle.toFixed(0)} → ${memory.last.toFixed(0)} MB`;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

function ms(value) {
  return value === undefined ? "-" : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function percent(part) {
  return `${(part * 100).toFixed(0)} %`;
}
