import type { Comment } from "../../domain/comment.js";
import { bringsHome, helpText, missingRight } from "../wording/command-wording.js";
import type { Command } from "./commands.js";
import type { Answer, HearingServices } from "./hearing.js";
import { Permission } from "./permission.js";

/** The commands of one comment where there is no pair to order something of: dist-git's changes come home by it. */
export class HomeHearing {
  readonly #services: Pick<HearingServices, "forges" | "commands">;
  readonly #permission: Permission;

  constructor(services: Pick<HearingServices, "forges" | "commands">, comment: Comment) {
    this.#services = services;
    this.#permission = new Permission(services.forges, comment);
  }

  async carryOut({ name }: Command): Promise<Answer> {
    const { commands } = this.#services;
    if (name !== "help") return { done: false, text: bringsHome };
    const level = await this.#permission.missing(commands.rights.help);
    if (level !== undefined) return { done: false, text: missingRight(level, commands.rights.help) };
    return { done: true, text: helpText(commands) };
  }
}
