import type { RepositoryRef } from "../../domain/refs.js";

/** What we use of Octokit: Probot and @octokit/rest bring different versions, whose types do not fit one another. */
export type Request = (
  route: string,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<{ readonly data: unknown; readonly headers: Readonly<Record<string, unknown>> }>;

export function ownerAndName({ path }: RepositoryRef): { readonly owner: string; readonly repo: string } {
  const [owner = "", repo = ""] = path.split("/");
  return { owner, repo };
}
