import type { Knex } from "knex";
import { durably } from "../../database/durable.js";
import type { Clock } from "../../domain/clock.js";
import { Moved } from "../../domain/errors.js";
import { type RepositoryRef, sameRepository } from "../../domain/refs.js";
import { relocateRows } from "./sql-relocations.js";
import type { KnownRepository, Relocation, Whereabouts } from "./whereabouts.js";

interface RepositoryRow {
  readonly forge: string;
  /** Postgres gives large numbers as text. */
  readonly repository_id: number | string;
  readonly path: string;
}

/** The only owner of the tables `repositories` and `former_names`. */
export class SqlWhereabouts implements Whereabouts {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async withId({ forge }: Pick<RepositoryRef, "forge">, id: number): Promise<KnownRepository | undefined> {
    return known(
      await this.#database<RepositoryRow>("repositories").where({ forge, repository_id: id }).first(),
    );
  }

  async at({ forge, path }: RepositoryRef): Promise<KnownRepository | undefined> {
    const rows = this.#database<RepositoryRow>("repositories").where({ forge });
    return known(await rows.whereRaw("lower(path) = lower(?)", [path]).first());
  }

  async now(repository: RepositoryRef): Promise<RepositoryRef> {
    const { forge, path } = repository;
    if (await this.at(repository)) return repository;
    const former = await this.#database("former_names")
      .where({ forge, path: path.toLowerCase() })
      .first<{ readonly repository_id: number | string } | undefined>("repository_id");
    const present = former && (await this.withId(repository, Number(former.repository_id)));
    return present?.ref ?? repository;
  }

  async formerNames(repository: RepositoryRef): Promise<readonly RepositoryRef[]> {
    const present = await this.at(repository);
    if (!present) return [];
    const { forge } = repository;
    const rows = await this.#database("former_names")
      .where({ forge, repository_id: present.id })
      .orderBy("left_at", "desc")
      .select<{ readonly path: string }[]>("path");
    return rows.map(({ path }) => ({ forge, path }));
  }

  async confirm(repository: RepositoryRef, id: number | undefined): Promise<void> {
    if (id === undefined) return;
    const present = await this.withId(repository, id);
    if (present && sameRepository(present.ref, repository)) return;
    if (present || (await this.at(repository))) throw new Moved(repository, { id });
    await this.#record(this.#database, { id, ref: repository });
  }

  async relocate(relocations: readonly Relocation[]): Promise<void> {
    await durably(this.#database, async (transaction) => {
      // In two steps, because two repositories may have changed their names with one another.
      for (const each of relocations) {
        await this.#forget(transaction, each);
        await relocateRows(transaction, { ...each, to: onTheWay(each) });
      }
      for (const each of relocations) {
        await relocateRows(transaction, { ...each, from: onTheWay(each) });
        if (each.isGone) await rest(transaction, each);
        else await this.#settle(transaction, each);
      }
    });
  }

  async #forget(transaction: Knex, { id, from: { forge, path } }: Relocation): Promise<void> {
    await transaction("repositories").where({ forge, repository_id: id }).delete();
    await transaction("repositories").where({ forge }).whereRaw("lower(path) = lower(?)", [path]).delete();
  }

  async #settle(transaction: Knex, { id, from, to }: Relocation): Promise<void> {
    await this.#record(transaction, { id, ref: to });
    const { forge, path } = from;
    await transaction("former_names")
      .insert({ forge, path: path.toLowerCase(), repository_id: id, left_at: this.#now() })
      .onConflict(["forge", "path"])
      .merge(["repository_id", "left_at"]);
    await transaction("former_names")
      .where({ forge, path: to.path.toLowerCase(), repository_id: id })
      .delete();
  }

  async #record(database: Knex, { id, ref: { forge, path } }: KnownRepository): Promise<void> {
    await database("repositories")
      .insert({ forge, repository_id: id, path, seen_at: this.#now() })
      .onConflict()
      .ignore();
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

/** Its pairs have nothing that they could follow any more; those that only went there begin anew elsewhere. */
async function rest(transaction: Knex, { to: { forge, path } }: Relocation): Promise<void> {
  await transaction("pairs").where({ source_forge: forge, source_path: path }).update({ state: "closed" });
}

function onTheWay({ id, from: { forge } }: Relocation): RepositoryRef {
  return { forge, path: `(moving)/${id}` };
}

function known(row: RepositoryRow | undefined): KnownRepository | undefined {
  return row && { id: Number(row.repository_id), ref: { forge: row.forge, path: row.path } };
}
