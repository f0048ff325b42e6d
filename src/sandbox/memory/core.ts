import type { Clock } from "../../domain/clock.js";
import type { Activity } from "../activity.js";
import { createLanes } from "../lanes.js";
import type {
  ForgeKind,
  Happening,
  Instant,
  SandboxCheckRun,
  SandboxComment,
  SandboxMergeRequest,
  SandboxPipeline,
  SandboxRepository,
  SandboxReview,
  SandboxStatus,
  SandboxUser,
} from "../model.js";
import { UserError } from "../../domain/errors.js";

/** One forge of the sandbox, as its verbs share it. */
export interface Core {
  readonly name: string;
  readonly kind: ForgeKind;
  readonly url: string;
  /** Where the bare repositories are. */
  readonly directory: string;
  readonly activity: Activity;
  /** How long after a change it is unknown whether a merge request can be merged, in milliseconds. */
  readonly mergeabilityDelay: number;
  readonly state: State;

  now(): Instant;
  nextId(): number;
  /** Tells the CI and the webhooks. What it hands on is a copy: they look at it later. */
  emit(happening: Happening): void;
  listen(listener: (happening: Happening) => void): void;
  /** One piece of work at a time on a repository. */
  inTurn<T>(repository: SandboxRepository, work: () => Promise<T>): Promise<T>;
}

export interface State {
  readonly users: SandboxUser[];
  readonly tokens: Map<string, Token>;
  readonly repositories: SandboxRepository[];
  /** Paths in lower case that repositories had before, until another takes one, by the id of who had it last. */
  readonly formerPaths: Map<string, number>;
  /** The branches of each repository when they were last looked at, by repository id. */
  readonly branches: Map<number, ReadonlyMap<string, string>>;
  readonly mergeRequests: SandboxMergeRequest[];
  readonly comments: SandboxComment[];
  readonly reviews: SandboxReview[];
  readonly statuses: SandboxStatus[];
  readonly pipelines: SandboxPipeline[];
  readonly checkRuns: SandboxCheckRun[];
}

export interface Token {
  readonly user: SandboxUser;
  readonly expiresAt: Instant | undefined;
}

export interface CoreSettings {
  readonly name: string;
  readonly kind: ForgeKind;
  readonly url: string;
  readonly directory: string;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly mergeabilityDelay: number;
}

export function createCore({ clock, ...settings }: CoreSettings): Core {
  const listeners: ((happening: Happening) => void)[] = [];
  const lanes = createLanes();
  const tell = createTelling(listeners);
  let lastId = 1000;
  return {
    ...settings,
    state: {
      users: [],
      tokens: new Map(),
      repositories: [],
      formerPaths: new Map(),
      branches: new Map(),
      mergeRequests: [],
      comments: [],
      reviews: [],
      statuses: [],
      pipelines: [],
      checkRuns: [],
    },
    now: () => instant(clock.now()),
    nextId: () => ++lastId,
    emit: (happening) => tell(frozen(happening)),
    listen: (listener) => void listeners.push(listener),
    inTurn: ({ id }, work) => lanes.inTurn(id, work),
  };
}

// What a listener causes is told after what caused it, to everybody.
function createTelling(listeners: readonly ((happening: Happening) => void)[]) {
  const untold: Happening[] = [];
  let telling = false;
  return (happening: Happening): void => {
    untold.push(happening);
    if (telling) return;
    telling = true;
    for (let next = untold.shift(); next !== undefined; next = untold.shift()) {
      for (const listener of listeners) listener(next);
    }
    telling = false;
  };
}

/** Seconds are all that GitHub prints; GitLab's readers take it, too. */
export function instant(date: Date): Instant {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The repository with an id that something of this forge refers to. */
export function repositoryOf(core: Core, id: number): SandboxRepository {
  const repository = core.state.repositories.find((one) => one.id === id);
  if (repository !== undefined) return repository;
  throw new UserError("missing", { message: `The sandbox ${core.name} has no repository ${id}.` });
}

// A repository is looked at as it is (it holds secrets and a map), everything else as it was.
function frozen(happening: Happening): Happening {
  const isLooked = happening.kind === "push" || happening.kind === "repository";
  return isLooked ? { ...happening } : structuredClone(happening);
}
