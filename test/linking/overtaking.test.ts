import { describe, expect, it } from "@jest/globals";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { Overtaking, type OvertakingServices } from "../../src/linking/mirror/overtaking.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { MovableClock } from "../world/clock.js";

const ref = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 };
const converted = { ref, head: "a".repeat(40), state: "open" } as MergeRequest;
const pair = { id: 1, state: "open" } as Pair;

interface Situation {
  readonly asked?: boolean;
  readonly present?: Partial<MergeRequest>;
}

function overtaking(
  { asked = true, present = { head: "b".repeat(40) } }: Situation,
  clock = new MovableClock(),
) {
  const services = {
    clock,
    isAskedAgain: () => Promise.resolve(asked),
    forges: { for: () => ({ findMergeRequest: () => Promise.resolve({ ...converted, ...present }) }) },
  };
  return new Overtaking(services as unknown as OvertakingServices);
}

describe("a head that was converted", () => {
  it("is overtaken once there is another, and a job that will carry that one over", async () => {
    expect(await overtaking({}).isOvertaken(pair, converted)).toBe(true);
    expect(await overtaking({ asked: false }).isOvertaken(pair, converted)).toBe(false);
  });

  it("is not overtaken by what changed beside it, or by the end of the merge request", async () => {
    expect(await overtaking({ present: {} }).isOvertaken(pair, converted)).toBe(false);
    const ended = { head: "b".repeat(40), state: "closed" } as const;
    expect(await overtaking({ present: ended }).isOvertaken(pair, converted)).toBe(false);
  });

  it("is carried over where it is the pair's first", async () => {
    expect(await overtaking({}).isOvertaken({ ...pair, state: "opening" }, converted)).toBe(false);
  });

  it("is carried over once people have pushed without a pause for a minute", async () => {
    const clock = new MovableClock();
    const watched = overtaking({}, clock);
    expect(await watched.isOvertaken(pair, converted)).toBe(true);
    clock.pass(30);
    expect(await watched.isOvertaken(pair, converted)).toBe(true);
    clock.pass(31);
    expect(await watched.isOvertaken(pair, converted)).toBe(false);
    expect(await watched.isOvertaken(pair, converted)).toBe(true);
  });
});
