export function printLoad({ name, cases, bare }) {
  console.log(`${name}; a server that only answers: p50 ${ms(bare.p50)}, p99 ${ms(bare.p99)}`);
  for (const each of cases) {
    const figures = [acknowledged(each), effectText(each), processText(each)].filter(Boolean).join("; ");
    console.log(`${each.held ? "met   " : "MISSED"}  ${each.name}: ${figures} (${each.aim})`);
    if (each.failed)
      console.log(
        `        ${each.failed.rate} a second did not hold: ${acknowledged(each.failed)}; ${processText(each.failed)}`,
      );
  }
}

export function writeLoad(results) {
  console.log(JSON.stringify(results));
}

function acknowledged({ sent }) {
  if (!sent) return undefined;
  const { p50, p99, maximum, perSecond, outcomes, latest, cpu } = sent;
  const odd = Object.entries(outcomes).filter(([outcome]) => outcome !== "202");
  return (
    `${perSecond.toFixed(0)} a second, p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(maximum)}` +
    `${odd.map(([outcome, count]) => `, ${count} × ${outcome}`).join("")} (generator: ${percent(cpu)}, late by ${ms(latest)} at most)`
  );
}

function effectText({ effect }) {
  if (!effect) return undefined;
  const { told, mirrored, missing, count } = effect;
  const late = missing > 0 ? `, ${missing} of ${count} never` : "";
  return `told p50 ${ms(told.p50)}, p95 ${ms(told.p95)}; mirrored p50 ${ms(mirrored.p50)}, p95 ${ms(mirrored.p95)}, longest ${ms(mirrored.maximum)}${late}`;
}

function processText({ seen, memory, lag, jobs }) {
  if (!seen) return undefined;
  const parts = [`processor ${percent(seen.cpu)} and git ${percent(seen.childrenCpu)}`];
  if (memory) parts.push(`memory ${memory.middle.toFixed(0)} → ${memory.last.toFixed(0)} MB`);
  if (lag !== undefined) parts.push(`loop lag p99 ${ms(lag)}`);
  if (jobs !== undefined) parts.push(`${jobs} jobs ended so far`);
  return parts.join(", ");
}

function ms(value) {
  if (value === undefined) return "-";
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function percent(part) {
  return `${(part * 100).toFixed(0)} %`;
}
