import { randomBytes } from "node:crypto";
import type { SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import type { Core } from "./core.js";

export interface NewUser {
  readonly login: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly bot?: boolean | undefined;
}

export function peopleVerbs(
  core: Core,
): Pick<SandboxStore, "userByToken" | "userById" | "userByLogin" | "users"> {
  const { users, tokens } = core.state;
  return {
    userByToken: (token) => {
      const known = tokens.get(token);
      if (known?.expiresAt !== undefined && known.expiresAt <= core.now()) return undefined;
      return known?.user;
    },
    userById: (id) => users.find((user) => user.id === id),
    userByLogin: (login) => users.find((user) => user.login.toLowerCase() === login.toLowerCase()),
    users: () => users,
  };
}

export function createUser(core: Core, { login, name, email, bot }: NewUser): SandboxUser {
  const user: SandboxUser = {
    id: core.nextId(),
    login,
    name:
      name ??
      login.replace(/(^|[-.])(\w)/g, (_, gap: string, letter: string) => (gap && " ") + letter.toUpperCase()),
    email: email ?? `${login.replace(/\W+/g, "-")}@sandbox.example`,
    bot: bot ?? false,
  };
  core.state.users.push(user);
  return user;
}

export function createToken(
  core: Core,
  user: SandboxUser,
  how: { readonly prefix?: string; readonly expiresAt?: string } = {},
): string {
  const prefix = how.prefix ?? (core.kind === "github" ? "ghp_" : "glpat-");
  const token = prefix + randomBytes(20).toString("hex").slice(0, 36);
  core.state.tokens.set(token, { user, expiresAt: how.expiresAt });
  return token;
}
