import type { ForgeName } from "../domain/refs.js";
import type { ForgeSettings } from "./configuration.js";

/** A forge as the file has it: its secrets are still names of variables. */
export interface ForgeEntry {
  readonly name: ForgeName;
  readonly kind: ForgeSettings["kind"];
  readonly url: string;
  /** The variables named in the file, by role: `token`, `webhook`, … */
  readonly secrets: Readonly<Partial<Record<string, string>>>;
  /** The forge's further identities, in the order of the file. */
  readonly identities: readonly IdentityEntry[];
  readonly webhooks: ForgeSettings["webhooks"];
  /** Where it stands, for problems with what the environment has for it. */
  readonly where: string;
  readonly key: string;
}

/** One more account of a forge: its secrets are names of variables, too, and none has a default. */
export interface IdentityEntry {
  readonly id: string;
  readonly secrets: Readonly<Partial<Record<string, string>>>;
  readonly where: string;
  readonly key: string;
}
