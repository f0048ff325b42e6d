import type { Knex } from "knex";
import { whereDue } from "./claims.js";
import type { JobRow } from "./job-row.js";

/** How far a job goes behind the one before it of the same share, in milliseconds: about what a job takes. */
const step = 1000;

/** A new row; its turn is the earliest that it may have. */
type Unplaced = Pick<JobRow, "share"> & { readonly run_at: string; turn: string };

export interface Placing {
  readonly transaction: Knex.Transaction;
  /** As ISO text. */
  readonly now: string;
}

/**
 * Gives new jobs their places. Jobs are taken by their turn: when they are due (or later, where they let others go before), or
 * one step behind what their share has waiting. So a thousand jobs of one repository stand in a row, others go in between, and all come to their turn.
 */
export async function giveTurns(rows: readonly Unplaced[], { transaction, now }: Placing): Promise<void> {
  const due = rows.filter(({ run_at: runAt }) => runAt <= now);
  if (due.length === 0) return;
  const last = await lastTurns([...new Set(due.map(({ share }) => share))], { transaction, now });
  for (const row of due) {
    const before = last.get(row.share);
    const turn = Math.max(Date.parse(row.turn), before === undefined ? 0 : before + step);
    last.set(row.share, turn);
    row.turn = new Date(turn).toISOString();
  }
}

async function lastTurns(
  shares: readonly string[],
  { transaction, now }: Placing,
): Promise<Map<string, number>> {
  // More in one go than a statement takes: those begin as if they had nothing waiting.
  const asked = shares.slice(0, 500);
  const last = transaction("jobs")
    .select("turn")
    .whereRaw("jobs.share = asked.share and state = 'waiting'")
    .whereRaw(whereDue(transaction), [now])
    .orderBy("turn", "desc")
    .limit(1);
  // One look into the index for each share, however much it has waiting.
  const rows = await transaction
    .with("asked", ["share"], transaction.raw(`values ${asked.map(() => "(?)").join(", ")}`, asked))
    .from("asked")
    .select<{ share: string; turn: string | Date | null }[]>("share", last.as("turn"));
  return new Map(
    rows.flatMap(({ share, turn }) => (turn === null ? [] : [[share, new Date(turn).getTime()]])),
  );
}
