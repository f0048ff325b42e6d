import { expect, it } from "@jest/globals";
import { pino } from "pino";
import { done } from "../../src/domain/outcome.js";
import { jobsFor, reconcileJob } from "../../src/handlers/jobs.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import { useDatabases } from "../world/databases.js";

const databases = useDatabases("SQLite");
const repository = { forge: "gitlab.com", path: "src/tally" };

it("mirrors what was opened before all that a sweep has still to visit, which is late", async () => {
  let now = Date.parse("2026-11-21T12:00:00Z");
  const clock = { now: () => new Date(now) };
  const queue = new SqlQueue({ database: await databases.open(), clock, log: pino({ level: "silent" }) });
  const visits = Array.from({ length: 50 }, (_, index) => {
    const visit = { repository: { ...repository, path: `src/p${index}` }, looks: [] };
    return reconcileJob(visit, new Date(now + index * 1000));
  });
  await queue.add(visits);
  now += 600_000;
  await queue.add(jobsFor({ kind: "merge-request", mergeRequest: { repository, number: 7 } }));

  const kinds: string[] = [];
  await queue.runDue(({ kind }) => {
    kinds.push(kind);
    return Promise.resolve(done(""));
  });

  expect(kinds.slice(0, 2)).toEqual(["mirror-merge-request", "follow-dist-git"]);
  expect(kinds).toHaveLength(52);
});

it("mirrors what was opened before all that CI and pushes of the same repository have told", async () => {
  const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
  const queue = new SqlQueue({ database: await databases.open(), clock, log: pino({ level: "silent" }) });
  const flood = Array.from({ length: 50 }, (_, index) => [
    ...jobsFor({ kind: "commit-status", commit: { repository, commit: String(index).padStart(40, "0") } }),
    ...jobsFor({ kind: "branch", repository, branch: `feature-${index}` }),
  ]);
  await queue.add(flood.flat());
  await queue.add(jobsFor({ kind: "merge-request", mergeRequest: { repository, number: 7 } }));

  const kinds: string[] = [];
  await queue.runDue(({ kind }) => {
    kinds.push(kind);
    return Promise.resolve(done(""));
  });

  expect(kinds.indexOf("mirror-merge-request")).toBeLessThan(3);
  expect(kinds).toHaveLength(102);
});
