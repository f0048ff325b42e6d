import { setTimeout as pause } from "node:timers/promises";
import { damageCopy } from "./damage.mjs";

/** Performs the faults of a plan. Each ends by itself; `calm` ends them all. */
export class Faults {
  #world;
  #processes;
  #disk;
  #database;
  #under = new Set();
  #hurt = new Set();
  /** When nobody may wonder that a process ends by itself: `[from, to]`. */
  excused = [];
  counts = {};

  constructor({ world, processes, disk, database }) {
    this.#world = world;
    this.#processes = processes;
    this.#disk = disk;
    this.#database = database;
  }

  /** Begins a fault; does not wait for its end. */
  begin({ fault, ...given }) {
    const name = fault === "outage" ? `${fault}: ${given.how}` : fault;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    const going = this.#act(fault, given).finally(() => this.#under.delete(going));
    this.#under.add(going);
  }

  async calm() {
    await Promise.all(this.#under);
    for (const front of Object.values(this.#world.fronts)) front.calm();
  }

  #act(fault, given) {
    switch (fault) {
      case "kill":
        return this.#victim(given).kill(given.milliseconds);
      case "stop":
        return this.#victim(given).terminate(given.milliseconds);
      case "freeze":
        return this.#victim(given).freeze(given.milliseconds);
      case "damage":
        return this.#damage(given);
      case "outage":
        return this.#outage(given);
      case "reject-push":
        return this.#rejectPush(given);
      case "disk-full":
        return this.#excusing(() => this.#fillDisk(given));
      case "database-restart":
        return this.#excusing(() => this.#database.restart(given.milliseconds));
    }
    throw new Error(`no such fault: ${fault}`);
  }

  #victim({ victim }) {
    return this.#processes[Math.floor(victim * this.#processes.length)];
  }

  async #damage({ victim }) {
    damageCopy(this.#disk.directory, victim, this.#hurt);
  }

  async #outage({ how, forge: kind, milliseconds }) {
    const [front, forge] = [this.#world.fronts[kind], this.#world.forges[kind]];
    if (how === "rate-limit") return void forge.faults.rateLimitFor(milliseconds / 1000);
    if (how === "down") forge.faults.goDown();
    else front.trouble(how);
    await pause(milliseconds);
    if (how === "down") forge.faults.comeBack();
    else front.calm();
  }

  /** People's pushes do not pass here, so it is one of Sluice's. */
  async #rejectPush({ forge }) {
    this.#world.forges[forge].faults.rejectNextPush("chaos: nobody pushes now.");
  }

  async #fillDisk({ milliseconds }) {
    this.#disk.fill();
    await pause(milliseconds);
    this.#disk.free();
  }

  async #excusing(act) {
    const from = Date.now();
    await act();
    this.excused.push([from, Date.now() + 5000]);
  }
}
