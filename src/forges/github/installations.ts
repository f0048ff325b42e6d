import { z } from "zod";
import { Moved, OperatorError } from "../../domain/errors.js";
import { type RepositoryRef, repositoryName } from "../../domain/refs.js";
import { onceFor } from "../once.js";
import { parsePayload } from "../payload.js";
import { type Request, ownerAndName } from "./request.js";

export interface InstallationsSettings {
  /** Asks as the App itself. */
  readonly asApp: Request;
  /** The same at addresses that Octokit does not know for the App's. */
  readonly asAppAnywhere: Request;
  /** Asks with the rights of an installation. */
  readonly as: (installation: number) => Promise<{ readonly request: Request }>;
}

const installationShape = z.object({ id: z.number() });
const listShape = z.object({
  total_count: z.number(),
  repositories: z.array(z.object({ full_name: z.string() })),
});

/** Entries of one request. */
const page = 100;

/** With fewer repositories a list is not worth its request. */
const fewest = 2;

/** A list that failed is tried again after so many times as many look-ups. */
const patience = 10;

/** What was learnt of the repositories of an owner. */
interface Learnt {
  readonly installation: number;
  /** Repositories that were looked up one by one since the list was read. */
  readonly lookedUp: number;
  /** Requests that the whole list takes, as far as is known. */
  readonly pages: number;
}

/**
 * Knows which installation of an App a repository belongs to. Few are looked up one by one; of many the installation's own list
 * is read once that takes no more requests than the look-ups before, so that it never costs more than twice of what is best,
 * however many repositories the owner has beside.
 */
export class Installations {
  readonly #settings: InstallationsSettings;
  readonly #repositories = new Map<string, Promise<number>>();
  readonly #owners = new Map<string, Promise<number>>();
  readonly #learnt = new Map<string, Learnt>();
  readonly #lists = new Map<string, Promise<void>>();

  constructor(settings: InstallationsSettings) {
    this.#settings = settings;
  }

  /** Throws `OperatorError` where there is none. */
  async on(repository: RepositoryRef): Promise<number> {
    const name = keyOf(repository);
    if (!this.#repositories.has(name)) await this.#listWhereWorthIt(ownerOf(repository));
    return onceFor(this.#repositories, name, () => this.#lookUp(repository));
  }

  /** The same for what an owner has. */
  of(owner: string): Promise<number> {
    return onceFor(this.#owners, owner.toLowerCase(), async () => {
      const data = await this.#ofOwner(owner).catch((error: unknown) => {
        throw isMissing(error) ? notInstalled(owner, error) : error;
      });
      return idIn(data);
    });
  }

  async anywhere(): Promise<number> {
    const { data } = await this.#settings.asApp("GET /app/installations", { per_page: 1 });
    const [installation] = parsePayload(z.array(installationShape), data, "GitHub's list of installations");
    if (!installation) throw new OperatorError("the GitHub App is not installed anywhere");
    return installation.id;
  }

  forget(repository: RepositoryRef): void {
    this.#repositories.delete(keyOf(repository));
  }

  async #listWhereWorthIt(owner: string): Promise<void> {
    const listing = this.#lists.get(owner);
    if (listing) return listing;
    const learnt = this.#learnt.get(owner);
    if (learnt && learnt.lookedUp >= Math.max(fewest, learnt.pages)) await this.#listOnce(owner, learnt);
  }

  /** All who ask at the same time wait for one list; where there is none to have, each repository is looked up. */
  async #listOnce(owner: string, learnt: Learnt): Promise<void> {
    const listing = this.#list(owner, learnt).catch(() => {
      this.#learnt.set(owner, { ...learnt, lookedUp: 0, pages: patience * Math.max(fewest, learnt.pages) });
    });
    this.#lists.set(owner, listing);
    await listing;
    this.#lists.delete(owner);
  }

  async #list(owner: string, { installation, lookedUp }: Learnt): Promise<void> {
    const { request } = await this.#settings.as(installation);
    for (let number = 1, pages = 1; number <= pages; number++) {
      const parameters = { per_page: page, page: number };
      const { data } = await request("GET /installation/repositories", parameters);
      const answer = parsePayload(listShape, data, "GitHub's list of an installation's repositories");
      for (const { full_name: path } of answer.repositories) this.#learn(path, installation);
      pages = Math.ceil(answer.total_count / page);
      const isWorthIt = pages <= lookedUp;
      this.#learnt.set(owner, { installation, pages, lookedUp: isWorthIt ? 0 : lookedUp });
      if (!isWorthIt) return;
    }
  }

  #learn(path: string, installation: number): void {
    const name = path.toLowerCase();
    if (!this.#repositories.has(name)) this.#repositories.set(name, Promise.resolve(installation));
  }

  async #lookUp(repository: RepositoryRef): Promise<number> {
    const { asApp } = this.#settings;
    const asked = asApp("GET /repos/{owner}/{repo}/installation", ownerAndName(repository));
    try {
      const installation = idIn((await asked).data);
      const owner = ownerOf(repository);
      const { lookedUp, pages } = this.#learnt.get(owner) ?? { lookedUp: 0, pages: 1 };
      this.#learnt.set(owner, { installation, lookedUp: lookedUp + 1, pages });
      return installation;
    } catch (error) {
      return this.#whereMoved(error).catch((cause: unknown) => {
        throw isMissing(cause) ? notInstalled(repositoryName(repository), cause) : cause;
      });
    }
  }

  /** The redirect of a renamed repository leads to its id; its owner may be another by now. */
  async #whereMoved(error: unknown): Promise<number> {
    const moved = [error, error instanceof Error ? error.cause : undefined].find(
      (one) => one instanceof Moved,
    );
    if (moved?.id === undefined) throw error;
    const route = "GET /repositories/{repository_id}/installation";
    return idIn((await this.#settings.asAppAnywhere(route, { repository_id: moved.id })).data);
  }

  async #ofOwner(owner: string): Promise<unknown> {
    const { asApp } = this.#settings;
    try {
      return (await asApp("GET /orgs/{org}/installation", { org: owner })).data;
    } catch (error) {
      if (!isMissing(error)) throw error;
      return (await asApp("GET /users/{username}/installation", { username: owner })).data;
    }
  }
}

function idIn(data: unknown): number {
  return parsePayload(installationShape, data, "GitHub's installation").id;
}

/** Where nothing is installed nothing can be found, so a caller may treat it as missing by the status of its cause. */
function notInstalled(place: string, cause: unknown): Error {
  return new OperatorError(`the GitHub App is not installed on ${place}`, { cause });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 404;
}

/** Paths are compared without regard to case. */
function keyOf({ path }: RepositoryRef): string {
  return path.toLowerCase();
}

function ownerOf(repository: RepositoryRef): string {
  return ownerAndName(repository).owner.toLowerCase();
}
