import { UserError } from "../../domain/errors.js";
import type { SandboxStore } from "../store.js";
import { type InstalledApp, installationToken } from "./app.js";
import type { Ci } from "./ci.js";
import { type Core, repositoryOf } from "./core.js";
import { mergeRequestVerbs } from "./merge-requests.js";
import { peopleVerbs } from "./people.js";
import { branchVerbs } from "./pushes.js";
import { readingVerbs } from "./reading.js";
import { repositoryVerbs } from "./repositories.js";
import { reviewVerbs } from "./reviews.js";
import { checkRunVerbs, commentVerbs, statusVerbs } from "./results.js";

/** All verbs of a forge over one memory. */
export function createMemoryStore(core: Core, ci: Ci, installed: InstalledApp | undefined): SandboxStore {
  return {
    name: core.name,
    kind: core.kind,
    url: core.url,
    now: () => core.now(),
    ...peopleVerbs(core),
    ...repositoryVerbs(core, installed?.app.bot),
    ...readingVerbs((id) => repositoryOf(core, id)),
    ...branchVerbs(core),
    ...mergeRequestVerbs(core),
    ...commentVerbs(core),
    ...reviewVerbs(core),
    ...statusVerbs(core, (status) => ci.settle(status)),
    ...ci.verbs,
    ...checkRunVerbs(core),
    app: installed?.app,
    createInstallationToken: () => {
      if (installed !== undefined) return installationToken(core, installed.app.bot);
      throw new UserError("missing", { message: `The sandbox ${core.name} has no app.` });
    },
  };
}
