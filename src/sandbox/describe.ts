import type { ForgeKind } from "./model.js";
import type { Sandbox, SandboxForge } from "./sandbox.js";

/** What somebody needs who drives a forge by hand; its secrets are worth nothing outside the box. */
export interface ForgeDescription {
  readonly name: string;
  readonly kind: ForgeKind;
  readonly url: string;
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly users: readonly { readonly login: string; readonly name: string; readonly token: string }[];
  readonly repositories: readonly {
    readonly path: string;
    readonly private: boolean;
    readonly webUrl: string;
    readonly cloneUrl: string;
  }[];
  /** The GitHub App, where there is one. */
  readonly app?: {
    readonly id: number;
    readonly installationId: number;
    readonly webhookUrl: string | undefined;
    readonly webhookSecret: string;
    readonly privateKey: string;
  };
}

export function describeForge(forge: SandboxForge): ForgeDescription {
  const { name, kind, url, apiUrl, accounts, store, app } = forge;
  const description: ForgeDescription = {
    name,
    kind,
    url,
    apiUrl,
    controlUrl: `${url}/_sandbox/`,
    users: accounts.map(({ user, token }) => ({ login: user.login, name: user.name, token })),
    repositories: store.repositories().map((repository) => ({
      path: repository.path,
      private: repository.private,
      webUrl: `${url}/${repository.path}`,
      cloneUrl: forge.cloneUrl(repository),
    })),
  };
  if (app === undefined) return description;
  const { id, installationId, webhookUrl, webhookSecret } = app.app;
  return {
    ...description,
    app: { id, installationId, webhookUrl, webhookSecret, privateKey: app.privateKey },
  };
}

/** The same for people: one paragraph a forge. The private key is in the JSON only. */
export function sandboxText({ forges }: Pick<Sandbox, "forges">): string {
  return forges.map((forge) => forgeText(describeForge(forge))).join("\n");
}

function forgeText({
  name,
  kind,
  url,
  apiUrl,
  controlUrl,
  users,
  repositories,
  app,
}: ForgeDescription): string {
  const lines = [
    `${name} (${kind === "github" ? "GitHub" : "GitLab"})`,
    row("pages", `${url}/`),
    row("API", apiUrl),
    row("control", controlUrl),
    ...users.map(({ login, token }) => row("token", `${login.padEnd(14)}${token}`)),
    ...repositories.map(({ cloneUrl }) => row("git", cloneUrl)),
    ...(app === undefined
      ? []
      : [
          row("app", `id ${app.id}, installation ${app.installationId}`),
          row("webhook secret", app.webhookSecret),
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(16)}${value}`;
}
