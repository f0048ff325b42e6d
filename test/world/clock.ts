import type { Clock } from "../../src/domain/clock.js";

/** The machine's time plus what a test has let pass. */
export class MovableClock implements Clock {
  #passed = 0;

  now(): Date {
    return new Date(Date.now() + this.#passed);
  }

  pass(seconds: number): void {
    this.#passed += seconds * 1000;
  }

  passUntil(moment: Date): void {
    this.#passed += Math.max(0, moment.getTime() - this.now().getTime());
  }
}
