import type { Knex } from "knex";
import type { RepositoryRef } from "../../domain/refs.js";
import { relocatedText } from "./relocated-text.js";

interface Move {
  readonly from: RepositoryRef;
  readonly to: RepositoryRef;
}

/**
 * Every row of every table that names a repository by its path names it by another. It is the one place that writes into
 * others' tables: what is left behind would be taken for another repository's.
 */
export async function relocateRows(transaction: Knex, move: Move): Promise<void> {
  await relocatePairs(transaction, move);
  await relocateHomecomings(transaction, move);
  await relocateSweeps(transaction, move);
  await relocateOrders(transaction, move);
  await relocateNames(transaction, move);
  await relocateTold(transaction, move);
  await forgetGiven(transaction, move.from);
}

/** What was recorded of a merge request under both paths is one merge request: the older pair has its history. */
async function relocatePairs(transaction: Knex, { from, to }: Move): Promise<void> {
  const twice = await transaction("pairs as one")
    .join("pairs as other", function () {
      this.on("one.source_forge", "other.source_forge").on("one.source_number", "other.source_number");
    })
    .where("one.source_forge", from.forge)
    .whereRaw("lower(one.source_path) = lower(?)", [from.path])
    .whereRaw("lower(other.source_path) = lower(?)", [to.path])
    .select<{ readonly one: number; readonly other: number }[]>("one.id as one", "other.id as other");
  for (const { one, other } of twice)
    await transaction("pairs")
      .where({ id: Math.max(one, other) })
      .delete();
  for (const [forge, path] of [
    ["source_forge", "source_path"],
    ["dist_forge", "dist_path"],
    ["dist_forge", "fork_path"],
  ] as const) {
    await pathIn(transaction, { table: "pairs", forge, path }, from).update({ [path]: to.path });
  }
}

interface HomeRow {
  readonly id: number;
  readonly dist_path: string;
  readonly source_path: string;
}

async function relocateHomecomings(transaction: Knex, { from, to }: Move): Promise<void> {
  for (const side of ["dist", "source"] as const) {
    const place = { table: "homecomings", forge: `${side}_forge`, path: `${side}_path` };
    const other = side === "dist" ? "source" : "dist";
    for (const row of await pathIn<HomeRow[]>(transaction, place, from)) {
      const same = [`${side}_forge`, `${side}_branch`, `${other}_forge`, `${other}_branch`, `${other}_path`];
      // Younger, or it would have been found.
      await transaction("homecomings")
        .where(Object.fromEntries(same.map((column) => [column, (row as never)[column]])))
        .whereRaw("lower(??) = lower(?)", [place.path, to.path])
        .delete();
      await transaction("homecomings")
        .where({ id: row.id })
        .update({ [place.path]: to.path });
    }
  }
}

/** How far it was compared counts no more: the next sweep looks at all of it. */
async function relocateSweeps(transaction: Knex, { from, to }: Move): Promise<void> {
  const place = ({ forge, path }: RepositoryRef) => ({ forge, path: path.toLowerCase() });
  const known = await transaction("sweeps").where(place(from)).delete();
  await transaction("sweeps").where(place(to)).delete();
  if (known > 0 && !to.path.startsWith("(gone)")) await transaction("sweeps").insert(place(to));
}

async function relocateOrders(transaction: Knex, { from: { forge, path }, to }: Move): Promise<void> {
  const there = to.path.toLowerCase();
  await transaction.raw(
    "delete from obeyed_comments where forge = ? and path = ? and exists (select 1 from obeyed_comments as other " +
      "where other.forge = obeyed_comments.forge and other.path = ? and other.number = obeyed_comments.number " +
      "and other.comment_id = obeyed_comments.comment_id)",
    [forge, path.toLowerCase(), there],
  );
  await transaction("obeyed_comments").where({ forge, path: path.toLowerCase() }).update({ path: there });
}

/** One that pairs of both paths have keeps its names with the pairs that were there. */
async function relocateNames(transaction: Knex, { from: { forge, path }, to }: Move): Promise<void> {
  const there = to.path.toLowerCase();
  await transaction.raw(
    "delete from status_names where forge = ? and path = ? and exists (select 1 from status_names as other " +
      "where other.forge = status_names.forge and other.path = ? and other.source_commit = status_names.source_commit)",
    [forge, path.toLowerCase(), there],
  );
  await transaction("status_names").where({ forge, path: path.toLowerCase() }).update({ path: there });
  await pathIn(transaction, { table: "predecessors", forge: "forge", path: "path" }, { forge, path }).update({
    path: to.path,
  });
}

interface ToldRow {
  readonly pair_id: number;
  readonly merge_request: string;
  readonly progress: string | null;
}

async function relocateTold(transaction: Knex, move: Move): Promise<void> {
  const like = `%${escaped(JSON.stringify(move.from.path).slice(1, -1).toLowerCase())}%`;
  const rows = await transaction<ToldRow>("told").whereRaw(
    "(lower(merge_request) like ? escape '!' or lower(progress) like ? escape '!')",
    [like, like],
  );
  for (const row of rows) {
    await transaction("told")
      .where({ pair_id: row.pair_id })
      .update({
        merge_request: relocatedText(row.merge_request, move),
        progress: row.progress === null ? null : relocatedText(row.progress, move),
      });
  }
}

/** Only hints: where they are missing, the forge is asked. Under the old path they would be another repository's. */
async function forgetGiven(transaction: Knex, { forge, path }: RepositoryRef): Promise<void> {
  const like = `%${escaped(`${forge}/${path}`.toLowerCase())}%`;
  await transaction("given").whereRaw("lower(key) like ? escape '!'", [like]).delete();
}

function pathIn<T extends object[]>(
  transaction: Knex,
  { table, forge, path }: { readonly table: string; readonly forge: string; readonly path: string },
  from: RepositoryRef,
) {
  return transaction<T[number], T>(table)
    .where({ [forge]: from.forge } as never)
    .whereRaw("lower(??) = lower(?)", [path, from.path]);
}

/** Literally, inside of `like … escape '!'`. */
function escaped(text: string): string {
  return text.replace(/[!%_]/g, "!$&");
}
