import { afterAll, afterEach, beforeAll, describe, expect } from "@jest/globals";
import { type Account, ForgeUnderTest } from "./forge-under-test.js";

const accounts: readonly Account[] = ["GitHub, as an app", "GitHub, as a user", "GitLab"];

/**
 * The same specification for every adapter, over HTTP to a forge in a box. After each test all that was said has to fit
 * what the real forge publishes about its interface.
 */
export function describeForges(specify: (world: () => ForgeUnderTest) => void): void {
  describe.each(accounts)("%s", (account) => {
    let world: ForgeUnderTest;
    beforeAll(async () => {
      world = await ForgeUnderTest.start(account);
    });
    afterEach(async () => {
      await world.box.settled();
      expect(world.violations.splice(0)).toEqual([]);
    });
    afterAll(() => world.end());
    specify(() => world);
  });
}
