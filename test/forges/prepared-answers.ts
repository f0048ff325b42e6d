import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import nock from "nock";

/** Nothing leaves the machine; every answer that a test prepares has to be asked for. */
export function answerByHand(): void {
  beforeAll(() => {
    // Another file of the same process may have ended it.
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => {
    const waiting = nock.pendingMocks();
    nock.cleanAll();
    expect(waiting).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
