import { byGravity, type CommitStatus } from "../../domain/commit-status.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import { type NamingServices, numberMark, type Shared, sharedKinds } from "./status-names.js";

/** What is said of one merge request under a name that all of its commit share. */
interface Saying<T extends CommitStatus> {
  /** `undefined` where there is none to be. */
  readonly pair: Pair | undefined;
  readonly mergeRequest: MergeRequest;
  readonly commit: CommitId;
  readonly kind: Shared;
  /** As `markOf` has it. */
  readonly mark: string;
  /** With its plain name. */
  readonly status: T;
  /** Of whom nobody with rights knows yet, nobody else's merge request waits. */
  readonly concerns: "everybody" | "itself";
}

type Posting<T, R> = (statuses: readonly T[]) => Promise<R>;

/** Others may write at the same moment; so often it is looked whether they did. */
const tries = 4;

/**
 * Says what rules of branches look at: of several open merge requests of one commit the gravest stands under the plain names,
 * so that none of them lets the others pass.
 */
export class SharedStatuses {
  readonly #services: NamingServices;

  constructor(services: NamingServices) {
    this.#services = services;
  }

  async say<T extends CommitStatus, R>(saying: Saying<T>, post: Posting<T, R>): Promise<R> {
    const { pair, mergeRequest, commit, kind, mark, status } = saying;
    if (!pair) return post([{ ...status, context: status.context + mark }]);
    const isPresent = mergeRequest.state === "open" && mergeRequest.head === commit;
    const counts = saying.concerns === "everybody" && isPresent;
    if (counts) await this.#services.names.say(pair, commit, { kind, said: status });
    // Of one that has ended, what was said before does not count any more, either.
    const among = counts ? { kind } : { kind, except: pair };
    for (let count = 1; ; count++) {
      const gravest = await this.#gravest<T>(mergeRequest.ref.repository, commit, among);
      const own = mark === "" && gravest && !counts ? numberMark(this.#services, mergeRequest.ref) : mark;
      const plain = gravest ?? (mark === "" ? status : undefined);
      const marked = own === "" ? [] : [{ ...status, context: status.context + own }];
      const outcome = await post([...marked, ...(plain ? [plain] : [])]);
      const now = await this.#gravest<T>(mergeRequest.ref.repository, commit, among);
      if (count === tries || JSON.stringify(now) === JSON.stringify(gravest)) return outcome;
    }
  }

  /** The merge request has ended, or has another head: elsewhere it stands in nobody's way any more. */
  async leave(pair: Pair, mergeRequest: MergeRequest, present?: CommitId): Promise<void> {
    const { names, forges } = this.#services;
    const { repository } = mergeRequest.ref;
    const forge = forges.for(repository);
    for (const commit of await names.saidOn(pair, present)) {
      const on = { mergeRequest, commit };
      for (const kind of sharedKinds) {
        const gravest = await this.#gravest<Kept>(repository, commit, { kind, except: pair });
        if (!gravest) continue;
        const { key, summary = "", ...status } = gravest;
        if (forge.checkRuns && key !== undefined)
          await forge.checkRuns.ensure(on, [{ ...status, key, summary }]);
        else await forge.ensureCommitStatuses(on, [status]);
      }
      // Last: whoever is cut off comes again.
      await names.unsay(pair, commit);
    }
  }

  async #gravest<T extends CommitStatus>(
    repository: RepositoryRef,
    commit: CommitId,
    { kind, except }: { readonly kind: Shared; readonly except?: Pair },
  ): Promise<T | undefined> {
    const all = await this.#services.names.said({ repository, commit, kind });
    const others = all.filter(({ pair }) => pair !== except?.id);
    const [first] = [...others].sort((one, other) => byGravity(one.said.state, other.said.state));
    if (!first) return undefined;
    const said = first.said as T;
    if (others.length === 1 || first.plain) return said;
    const mark = numberMark(this.#services, { repository, number: first.number }).trim();
    return { ...said, description: `${mark}: ${said.description}` };
  }
}

/** As it is kept: a check run has a key and a summary, too. */
interface Kept extends CommitStatus {
  readonly key?: string;
  readonly summary?: string;
}
