import type { SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";

export function avatarUrl(store: SandboxStore, { id }: SandboxUser): string {
  return `${store.url}/uploads/-/system/user/avatar/${id}/avatar.png`;
}

export function userBasic(store: SandboxStore, user: SandboxUser) {
  return {
    id: user.id,
    username: user.login,
    public_email: "",
    name: user.name,
    state: "active",
    locked: false,
    avatar_url: avatarUrl(store, user),
    web_url: `${store.url}/${user.login}`,
  };
}

/** What others see of an account. */
export function userOf(store: SandboxStore, user: SandboxUser) {
  return { ...userBasic(store, user), created_at: store.now(), bot: user.bot };
}

/** What an account sees of itself. */
export function userPublic(store: SandboxStore, user: SandboxUser) {
  const now = store.now();
  return {
    ...userBasic(store, user),
    created_at: now,
    bot: user.bot,
    last_sign_in_at: now,
    confirmed_at: now,
    last_activity_on: now.slice(0, 10),
    email: user.email,
    commit_email: user.email,
    projects_limit: 100_000,
    current_sign_in_at: now,
    identities: [],
    can_create_group: true,
    can_create_project: true,
    two_factor_enabled: false,
    external: false,
    private_profile: false,
    preferred_language: "en",
  };
}
