import type { Clock } from "../../src/domain/clock.js";

/** The machine's time plus what a test has let pass. */
export class MovableClock implements Clock {
  readonly #began = Date.now();
  readonly #speed: number;
  #passed = 0;

  /** With less than 1 it goes so much slower than the machine's: nothing comes due because a machine is slow. */
  constructor(speed = 1) {
    this.#speed = speed;
  }

  now(): Date {
    return new Date(this.#began + (Date.now() - this.#began) * this.#speed + this.#passed);
  }

  pass(seconds: number): void {
    this.#passed += seconds * 1000;
  }

  passUntil(moment: Date): void {
    this.#passed += Math.max(0, moment.getTime() - this.now().getTime());
  }
}
