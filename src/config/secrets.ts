import { readFileSync } from "node:fs";
import { Secret } from "../domain/secret.js";
import type { ForgeSettings, GitHubAuthentication, GitHubSettings, GitLabSettings } from "./configuration.js";
import type { Environment } from "./environment.js";
import type { ForgeEntry, IdentityEntry } from "./forge-entry.js";
import type { Problem } from "./problem.js";
import { variablesOf } from "./variables.js";

export interface ResolvedForge {
  readonly settings: ForgeSettings | undefined;
  readonly problems: readonly Problem[];
}

/** Puts the secrets of the environment in place of the variables' names; says which are missing, never what they hold. */
export function resolveForge(entry: ForgeEntry, environment: Pick<Environment, "secret">): ResolvedForge {
  const source = { entry, variables: variablesOf(entry), environment };
  return entry.kind === "github" ? resolveGitHub(source) : resolveGitLab(source);
}

interface Source {
  readonly entry: Pick<ForgeEntry, "name" | "secrets" | "where" | "key">;
  readonly variables: ReturnType<typeof variablesOf>;
  readonly environment: Pick<Environment, "secret">;
}

type ForgeSource = Source & { readonly entry: ForgeEntry };

function resolveGitLab(source: ForgeSource): ResolvedForge {
  const webhookSecret = secretOf(source, "webhook");
  const signingToken = secretOf(source, "signing");
  const identities = source.entry.identities.map((identity) => {
    const its = sourceOf(source, identity);
    return { id: identity.id, token: secretOf(its, "token") ?? missing(its, "access token", ["token"]) };
  });
  const token = mainOf(source, identities)?.token ?? secretOf(source, "token");
  const problems = identities.flatMap((each) => (each.token instanceof Secret ? [] : [each.token]));
  if (!token) problems.push(missing(source, "access token", ["token"]));
  if (!webhookSecret && !signingToken)
    problems.push(missing(source, "webhook secret", ["webhook", "signing"]));
  if (signingToken && !/^whsec_[A-Za-z0-9+/]{43}=$/.test(signingToken.reveal())) {
    problems.push(wrong(source, "signing", "is not a signing token (whsec_ and the base64 of 32 bytes)"));
  }
  if (!(token instanceof Secret) || problems.length > 0) return { settings: undefined, problems };

  const { name, url, webhooks } = source.entry;
  const hooks = { ...(webhookSecret && { webhookSecret }), ...(signingToken && { signingToken }) };
  const known = identities.flatMap(({ id, token: its }) =>
    its instanceof Secret ? [{ id, token: its }] : [],
  );
  const settings: GitLabSettings = {
    kind: "gitlab",
    name,
    url,
    token,
    webhooks,
    ...hooks,
    identities: known,
  };
  return { settings, problems };
}

/** The identity that acts where no link names one: the first, unless the forge has credentials of its own. */
function mainOf<Identity>({ entry }: Source, identities: readonly Identity[]): Identity | undefined {
  const hasOwn = entry.secrets["token"] !== undefined || entry.secrets["app-id"] !== undefined;
  return hasOwn ? undefined : identities[0];
}

/** Where the secrets of one identity are, and what its problems are called. */
function sourceOf({ entry, environment }: Source, { id, secrets, where, key }: IdentityEntry): Source {
  return { entry: { name: `${id} on ${entry.name}`, secrets, where, key }, variables: secrets, environment };
}

function resolveGitHub(source: ForgeSource): ResolvedForge {
  const webhookSecret = secretOf(source, "webhook");
  const identities = source.entry.identities.map((identity) => resolveIdentity(source, identity));
  const authentication = mainOf(source, identities)?.authentication ?? resolveAuthentication(source);
  const problems = [authentication, ...identities.map((each) => each.authentication)]
    .filter(isProblem)
    .filter((problem, index, all) => all.indexOf(problem) === index);
  if (!webhookSecret) problems.push(missing(source, "webhook secret", ["webhook"]));
  // What Probot falls back to when it is given none: everybody knows it.
  if (webhookSecret?.reveal() === "development") {
    problems.push(wrong(source, "webhook", "holds the example that everybody knows; choose a random secret"));
  }
  if (!("kind" in authentication) || !webhookSecret || problems.length > 0) {
    return { settings: undefined, problems };
  }
  const { name, url, webhooks } = source.entry;
  const known = identities.flatMap(({ authentication: its, ...rest }) =>
    "kind" in its ? [{ ...rest, authentication: its }] : [],
  );
  const settings: GitHubSettings = {
    kind: "github",
    name,
    url,
    authentication,
    webhookSecret,
    webhooks,
    identities: known,
  };
  return { settings, problems };
}

function isProblem(found: GitHubAuthentication | Problem): found is Problem {
  return !("kind" in found);
}

function resolveIdentity(source: Source, identity: IdentityEntry) {
  const its = sourceOf(source, identity);
  const webhookSecret = secretOf(its, "webhook");
  const lacks = identity.secrets["webhook"] !== undefined && webhookSecret === undefined;
  const authentication = lacks ? missing(its, "webhook secret", ["webhook"]) : resolveAuthentication(its);
  return { id: identity.id, authentication, ...(webhookSecret && { webhookSecret }) };
}

/** As an App where one is configured, else by an account's token. */
function resolveAuthentication(source: Source): GitHubAuthentication | Problem {
  const appId = secretOf(source, "app-id")?.reveal();
  const token = secretOf(source, "token");
  if (appId !== undefined) return resolveApp(source, appId);
  return token ? { kind: "token", token } : missing(source, "credentials", ["app-id", "token"]);
}

function resolveApp(source: Source, appId: string): GitHubAuthentication | Problem {
  if (!/^\d+$/.test(appId)) return wrong(source, "app-id", "is not the number of a GitHub App");
  const given = privateKeyOf(source);
  if (given === undefined) return missing(source, "private key", ["private-key"]);
  if (given === "unreadable") return wrong(source, "private-key", "is unset, and its _PATH cannot be read");
  const privateKey = pem(given.reveal());
  if (!privateKey) return wrong(source, "private-key", "is not a private key in PEM format");
  return { kind: "app", appId, privateKey };
}

function privateKeyOf({ variables, environment }: Source): Secret | "unreadable" | undefined {
  const variable = variables["private-key"] ?? "";
  const key = environment.secret(variable);
  const path = environment.secret(`${variable}_PATH`)?.reveal();
  if (key || path === undefined) return key;
  try {
    return new Secret(readFileSync(path, "utf8"));
  } catch {
    return "unreadable";
  }
}

/** A PEM key as it is, on one line with `\n` between its lines, or in base64: what fits into a variable somewhere. */
function pem(given: string): Secret | undefined {
  const text = given.includes("-----BEGIN") ? given : Buffer.from(given, "base64").toString("utf8");
  const key = text.replaceAll("\\n", "\n").trim();
  const fits = /^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[^]*\n-----END [A-Z ]*PRIVATE KEY-----$/.test(key);
  return fits ? new Secret(`${key}\n`) : undefined;
}

function secretOf({ variables, environment }: Source, role: string): Secret | undefined {
  const variable = variables[role];
  return variable === undefined ? undefined : environment.secret(variable);
}

function missing({ entry, variables }: Source, lacks: string, roles: readonly string[]): Problem {
  const set = roles.flatMap((role) => {
    const variable = variables[role];
    if (variable === undefined) return [];
    if (role === "app-id") return [`${variable} and ${variables["private-key"] ?? ""}`];
    return [role === "private-key" ? `${variable} or ${variable}_PATH` : variable];
  });
  const message = `the environment has no ${lacks} for ${entry.name}`;
  return { where: entry.where, key: entry.key, message, remedy: `Set ${set.join(", or ")}.` };
}

function wrong({ entry, variables }: Source, role: string, message: string): Problem {
  return { where: entry.where, key: entry.key, message: `${variables[role] ?? role} ${message}` };
}
