import { readFileSync } from "node:fs";

/** Ticks of a processor a second: what Linux shows to programs, whatever it counts in. */
const ticks = 100;

/** Looks at a process once a second, from outside; the answer ends it and says what was seen. */
export function watch(pid) {
  const memory = [];
  const begun = performance.now();
  const before = processorSeconds(pid);
  const timer = setInterval(() => memory.push(residentOf(pid)), 1000);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - begun) / 1000;
    const { own, children } = processorSeconds(pid);
    return {
      memory,
      cpu: (own - before.own) / seconds,
      childrenCpu: (children - before.children) / seconds,
    };
  };
}

/** The median of the middle third of a run beside that of the last one: what grows steadily shows. */
export function growthOf(memory) {
  const third = Math.floor(memory.length / 3);
  if (third === 0) return { middle: memory.at(-1) ?? 0, last: memory.at(-1) ?? 0 };
  return { middle: median(memory.slice(third, 2 * third)), last: median(memory.slice(-third)) };
}

/** The numbers of Prometheus' text, by name with labels. */
export async function metricsOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The sum of a metric over all labels that contain a text. */
export function sumOf(metrics, name, containing = "") {
  const matching = [...metrics].filter(
    ([key]) => (key === name || key.startsWith(`${name}{`)) && key.includes(containing),
  );
  return matching.reduce((sum, [, value]) => sum + value, 0);
}

function residentOf(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

/** Of the process itself, and of its git processes, with the small one that starts them. */
function processorSeconds(pid) {
  const { own, ended } = timesOf(pid);
  const others = childrenOf(pid).map(timesOf);
  return { own, children: others.reduce((sum, each) => sum + each.own + each.ended, ended) };
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
}

/** Seconds of a process and of those that it started and that ended; none of one that has just ended itself. */
function timesOf(pid) {
  try {
    const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const [user, system, childUser, childSystem] = fields.join(") ").split(" ").slice(11, 15).map(Number);
    return { own: (user + system) / ticks, ended: (childUser + childSystem) / ticks };
  } catch {
    return { own: 0, ended: 0 };
  }
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
