import type { Knex } from "knex";
import { durably } from "../../database/durable.js";
import type { Clock } from "../../domain/clock.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { HomeChange, Homecoming, Homecomings, HomeSides, HomeState, HomeTexts } from "./homecomings.js";
import { homeBranchFor } from "../wording/homecoming-wording.js";

interface HomecomingRow {
  readonly id: number;
  readonly dist_forge: string;
  readonly dist_path: string;
  readonly dist_branch: string;
  readonly source_forge: string;
  readonly source_path: string;
  readonly source_branch: string;
  readonly home_branch: string;
  readonly number: number | null;
  readonly state: HomeState;
  readonly dist_tip: string | null;
  readonly source_tip: string | null;
  readonly home_tip: string | null;
  readonly carried_tip: string | null;
  readonly settled_tip: string | null;
  readonly shown_title: string | null;
  /** SQLite keeps it as a number. */
  readonly shown_draft: boolean | number | null;
  readonly giving_title: string | null;
  readonly giving_draft: boolean | number | null;
  readonly problem: string | null;
}

/** The only owner of the tables `homecomings` and `homecoming_commits`. */
export class SqlHomecomings implements Homecomings {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async ensure(sides: HomeSides): Promise<Homecoming> {
    const { distGit, sourceGit } = sides;
    const row = {
      ...{ dist_forge: distGit.repository.forge, dist_path: distGit.repository.path },
      ...{ source_forge: sourceGit.repository.forge, source_path: sourceGit.repository.path },
      ...{ dist_branch: distGit.branch, source_branch: sourceGit.branch },
      ...{ home_branch: homeBranchFor(sourceGit.branch), state: "in-step" },
      ...{ created_at: this.#now(), updated_at: this.#now() },
    };
    // An insert that does nothing would still take a number, and there is one for each push.
    const present = await this.#find(sides);
    if (present) return present;
    await this.#database("homecomings").insert(row).onConflict().ignore();
    return existing(await this.#find(sides));
  }

  async withBranch(repository: RepositoryRef, branch: string): Promise<Homecoming | undefined> {
    const rows = this.#database<HomecomingRow>("homecomings")
      .where({ source_forge: repository.forge, home_branch: branch })
      .whereRaw("lower(source_path) = lower(?)", [repository.path]);
    // A link that was led to another dist-git has left its earlier one behind.
    const row = await rows.orderBy("id", "desc").first();
    return row && homecomingFrom(row);
  }

  async from({ repository, branch }: HomeSides["distGit"]): Promise<readonly Homecoming[]> {
    const rows = await this.#database<HomecomingRow>("homecomings")
      .where({ dist_forge: repository.forge, dist_branch: branch })
      .whereRaw("lower(dist_path) = lower(?)", [repository.path])
      .orderBy("id");
    return rows.map(homecomingFrom);
  }

  async under({ forge, path }: RepositoryRef): Promise<readonly Homecoming[]> {
    const rows = await this.#database<HomecomingRow>("homecomings")
      .whereRaw(
        "((source_forge = ? and lower(source_path) = lower(?)) or (dist_forge = ? and lower(dist_path) = lower(?)))",
        [forge, path, forge, path],
      )
      .orderBy("id");
    return rows.map(homecomingFrom);
  }

  async update({ id }: Homecoming, change: HomeChange): Promise<Homecoming> {
    const columns = { ...changedColumns(change), updated_at: this.#now() };
    await this.#database("homecomings").where({ id }).update(columns);
    const row = await this.#database<HomecomingRow>("homecomings").where({ id }).first();
    return existing(row && homecomingFrom(row));
  }

  async recordPushed({ id }: Homecoming, commit: CommitId): Promise<void> {
    const row = { homecoming_id: id, commit, created_at: this.#now() };
    await durably(this.#database, (transaction) =>
      transaction("homecoming_commits").insert(row).onConflict(["homecoming_id", "commit"]).ignore(),
    );
  }

  async isPushed({ id }: Homecoming, commit: CommitId): Promise<boolean> {
    const where = { homecoming_id: id, commit };
    const row: unknown = await this.#database("homecoming_commits").where(where).first();
    return row !== undefined;
  }

  async #find({ distGit, sourceGit }: HomeSides): Promise<Homecoming | undefined> {
    const row = await this.#database<HomecomingRow>("homecomings")
      .where({ dist_forge: distGit.repository.forge, dist_branch: distGit.branch })
      .where({ source_forge: sourceGit.repository.forge, source_branch: sourceGit.branch })
      .whereRaw("lower(dist_path) = lower(?)", [distGit.repository.path])
      .whereRaw("lower(source_path) = lower(?)", [sourceGit.repository.path])
      .first();
    return row && homecomingFrom(row);
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

function changedColumns(change: HomeChange): Partial<HomecomingRow> {
  const { seen, shown, giving } = change;
  return {
    ...(change.number === undefined ? {} : { number: change.number }),
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(seen && {
      dist_tip: seen.dist ?? null,
      source_tip: seen.source ?? null,
      home_tip: seen.home ?? null,
    }),
    ...(change.carriedTip === undefined ? {} : { carried_tip: change.carriedTip }),
    ...(change.settledTip === undefined ? {} : { settled_tip: change.settledTip }),
    ...(shown === undefined ? {} : { shown_title: shown?.title ?? null, shown_draft: shown?.draft ?? null }),
    ...(giving === undefined
      ? {}
      : { giving_title: giving?.title ?? null, giving_draft: giving?.draft ?? null }),
    ...(change.problem === undefined ? {} : { problem: change.problem }),
  };
}

function homecomingFrom(row: HomecomingRow): Homecoming {
  return {
    id: row.id,
    distGit: { repository: { forge: row.dist_forge, path: row.dist_path }, branch: row.dist_branch },
    sourceGit: { repository: { forge: row.source_forge, path: row.source_path }, branch: row.source_branch },
    homeBranch: row.home_branch,
    number: row.number ?? undefined,
    state: row.state,
    seen: {
      dist: row.dist_tip ?? undefined,
      source: row.source_tip ?? undefined,
      home: row.home_tip ?? undefined,
    },
    carriedTip: row.carried_tip ?? undefined,
    settledTip: row.settled_tip ?? undefined,
    shown: textsFrom(row.shown_title, row.shown_draft),
    giving: textsFrom(row.giving_title, row.giving_draft),
    problem: row.problem ?? undefined,
  };
}

function textsFrom(title: string | null, draft: boolean | number | null): HomeTexts | undefined {
  return title === null ? undefined : { title, draft: Boolean(draft) };
}

function existing(homecoming: Homecoming | undefined): Homecoming {
  if (homecoming === undefined)
    throw new Error("a homecoming vanished from the database between two statements");
  return homecoming;
}
