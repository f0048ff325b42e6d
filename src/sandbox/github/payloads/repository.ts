import type { Happening } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { simpleUser } from "../entities/user.js";
import { type Announcement, setting } from "./common.js";

type OfRepository = Extract<Happening, { readonly kind: "repository" }>;

/** A repository was renamed, went to another owner, or was deleted. */
export function repositoryEvents(store: SandboxStore, happening: OfRepository): readonly Announcement[] {
  const { action, repository, by } = happening;
  const payload = { action, ...changes(store, happening), ...setting(store, repository, by) };
  return [{ event: "repository", payload }];
}

function changes(store: SandboxStore, { action, previousPath, repository }: OfRepository): object {
  const [owner = "", name = ""] = previousPath.split("/");
  switch (action) {
    case "renamed":
      return { changes: { repository: { name: { from: name } } } };
    case "transferred": {
      const user = store.userByLogin(owner) ?? repository.owner;
      return { changes: { owner: { from: { user: { ...simpleUser(store, user), login: owner } } } } };
    }
    case "deleted":
      return {};
  }
}
