import type { AccessLevel } from "./merge-request.js";

/** What people may order in a comment. */
export const commandNames = [
  "help",
  "status",
  "retry",
  "rerun",
  "recreate",
  "resync",
  "pause",
  "resume",
  "trust",
  "close",
] as const;
export type CommandName = (typeof commandNames)[number];

/** Who may give a command: an access level on the repository of the comment, or the merge request's own author. */
export interface Right {
  readonly access: AccessLevel;
  readonly author: boolean;
}

export type Rights = Readonly<Record<CommandName, Right>>;

/** How commands are written, and who may give them. */
export interface CommandSettings {
  /** What a line begins with that is an order: a word behind a slash. */
  readonly prefix: string;
  readonly rights: Rights;
}

const everybody: Right = { access: "none", author: true };
const authors: Right = { access: "write", author: true };
const maintainers: Right = { access: "write", author: false };

/** Unless `sluice.yml` says otherwise. */
export const commandDefaults: CommandSettings = {
  prefix: "/sluice",
  rights: {
    help: everybody,
    status: everybody,
    retry: authors,
    rerun: authors,
    recreate: maintainers,
    resync: authors,
    pause: maintainers,
    resume: maintainers,
    trust: maintainers,
    close: authors,
  },
};
