import { z } from "zod";
import type { RepositoryRef } from "../../domain/refs.js";
import { refusalOf } from "../refusal.js";
import type { GitHubClient } from "./client.js";

const repositoriesPayload = z.array(z.object({ full_name: z.string(), archived: z.boolean().optional() }));

/** An owner is an organisation or a user, and GitHub asks for each elsewhere. */
const places = [
  { route: "GET /orgs/{org}/repos", parameter: "org" },
  { route: "GET /users/{username}/repos", parameter: "username" },
] as const;

/** Without those that were archived, where nothing changes any more. */
export async function* listRepositories(client: GitHubClient, owner: string): AsyncIterable<RepositoryRef> {
  for (const { route, parameter } of places) {
    const question = { route, parameters: { [parameter]: owner }, answer: repositoriesPayload };
    try {
      for await (const { full_name: path, archived } of client.listOf(owner, question)) {
        if (archived !== true) yield { forge: client.name, path };
      }
      return;
    } catch (error) {
      if (refusalOf(error)?.status !== 404) throw error;
    }
  }
}
