/** What a process is told that is to live. */
export interface Order {
  /** The `sluice.yml`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its effects are written. */
  readonly ledger: string;
  /** Whether it dies of each effect that is new. */
  readonly dies: boolean;
  /** Milliseconds that its clock is ahead of the machine's. */
  readonly ahead: number;
}
