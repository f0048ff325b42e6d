import type { JobCounts } from "./queue.js";

/** The table `jobs`, as the database answers. */
export interface JobRow {
  /** Postgres answers with text where SQLite has a number. */
  readonly id: string | number;
  readonly kind: string;
  readonly key: string;
  readonly lane: string;
  readonly share: string;
  readonly payload: string;
  readonly run_at: string | Date;
  readonly turn: string | Date;
  readonly attempt: number;
  readonly state: keyof JobCounts;
  readonly last_error: string | null;
  readonly locked_until: string | Date | null;
  /** When it was claimed, where it runs. */
  readonly begun_at: string | Date | null;
  readonly created_at: string | Date;
}
