export interface LeaseSettings {
  /** A job whose worker is silent for so long is taken over. */
  readonly seconds: number;
  /** Asks for so many seconds more; `false` when another worker has the job. */
  readonly renew: () => Promise<boolean>;
  /** Told of a renewal that failed; the next may succeed. */
  readonly onFailure: (error: unknown) => void;
}

/** A claimed job is held by renewing it in time. Whoever cannot, must let go before somebody else takes it over. */
export class Lease {
  readonly #settings: LeaseSettings;
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #end: NodeJS.Timeout;

  constructor(settings: LeaseSettings) {
    this.#settings = settings;
    this.#renewal = setInterval(() => void this.#renew(), (settings.seconds * 1000) / 3).unref();
    this.#end = this.#endLater();
  }

  /** Aborted when the job is not ours any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  giveUp(): void {
    this.#lost.abort();
  }

  end(): void {
    clearInterval(this.#renewal);
    clearTimeout(this.#end);
  }

  async #renew(): Promise<void> {
    // Counted from before it is asked for, so that we never hold on for longer than the database says.
    const end = this.#endLater();
    try {
      const held = await this.#settings.renew();
      clearTimeout(this.#end);
      this.#end = end;
      if (!held) this.giveUp();
    } catch (error) {
      clearTimeout(end);
      this.#settings.onFailure(error);
    }
  }

  /** A little early: the claim was made a moment before we knew of it. */
  #endLater(): NodeJS.Timeout {
    return setTimeout(() => this.giveUp(), this.#settings.seconds * 900).unref();
  }
}
