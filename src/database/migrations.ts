import type { Knex } from "knex";
import * as createQueue from "../../migrations/20261121023500_create_queue.js";
import * as createPairs from "../../migrations/20261121023600_create_pairs.js";
import * as addShownTexts from "../../migrations/20261121053000_add_shown_texts.js";
import * as addCommands from "../../migrations/20261121060000_add_commands.js";
import * as createHomecomings from "../../migrations/20261121084116_create_homecomings.js";
import * as createTold from "../../migrations/20261121084633_create_told.js";
import * as addShownLabels from "../../migrations/20261121091054_add_shown_labels.js";
import * as addForksAndIds from "../../migrations/20261121092928_add_forks_and_ids.js";
import * as createSweeps from "../../migrations/20261121101000_create_sweeps.js";
import * as createRepositories from "../../migrations/20261121125000_create_repositories.js";
import * as createStatusNames from "../../migrations/20261121151000_create_status_names.js";
import * as rememberPredecessors from "../../migrations/20261121151100_remember_predecessors.js";
import * as keepAnswers from "../../migrations/20261121182000_keep_answers.js";
import * as shareStatuses from "../../migrations/20261121184000_share_statuses.js";
import * as rememberResults from "../../migrations/20261121212500_remember_results.js";
import * as timeClaims from "../../migrations/20261121213001_time_claims.js";
import * as rememberEnds from "../../migrations/20261121215500_remember_ends.js";
import * as rememberReactions from "../../migrations/20261121225000_remember_reactions.js";
import * as shareTheQueue from "../../migrations/20261121123500_share_the_queue.js";
import * as createLimits from "../../migrations/20261121123601_create_limits.js";

interface NamedMigration {
  readonly name: string;
  readonly migration: Knex.Migration;
}

/** Every migration in order. Listed rather than read from the folder, so that source and compiled program agree. */
const migrations: readonly NamedMigration[] = [
  { name: "20261121023500_create_queue", migration: createQueue },
  { name: "20261121023600_create_pairs", migration: createPairs },
  { name: "20261121053000_add_shown_texts", migration: addShownTexts },
  { name: "20261121060000_add_commands", migration: addCommands },
  { name: "20261121084116_create_homecomings", migration: createHomecomings },
  { name: "20261121084633_create_told", migration: createTold },
  { name: "20261121091054_add_shown_labels", migration: addShownLabels },
  { name: "20261121092928_add_forks_and_ids", migration: addForksAndIds },
  { name: "20261121101000_create_sweeps", migration: createSweeps },
  { name: "20261121123500_share_the_queue", migration: shareTheQueue },
  { name: "20261121123601_create_limits", migration: createLimits },
  { name: "20261121125000_create_repositories", migration: createRepositories },
  { name: "20261121151000_create_status_names", migration: createStatusNames },
  { name: "20261121151100_remember_predecessors", migration: rememberPredecessors },
  { name: "20261121182000_keep_answers", migration: keepAnswers },
  { name: "20261121184000_share_statuses", migration: shareStatuses },
  { name: "20261121212500_remember_results", migration: rememberResults },
  { name: "20261121213001_time_claims", migration: timeClaims },
  { name: "20261121215500_remember_ends", migration: rememberEnds },
  { name: "20261121225000_remember_reactions", migration: rememberReactions },
];

/** The list as knex asks for it. */
export const migrationSource: Knex.MigrationSource<NamedMigration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ migration }) => Promise.resolve(migration),
};

export const migrationNames: readonly string[] = migrations.map(({ name }) => name);
