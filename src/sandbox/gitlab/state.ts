import type {
  Instant,
  SandboxComment,
  SandboxMergeRequest,
  SandboxRepository,
  SandboxUser,
} from "../model.js";
import type { SandboxStore } from "../store.js";

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
  readonly createdAt: Instant;
}

/** A note of the forge itself: what people changed. */
export interface SystemNote extends SandboxComment {
  /** Id of the last note before it that somebody wrote; ids of the forge's own notes are from another row. */
  readonly follows: number;
}

/** What a merge request has on GitLab alone. */
export interface MergeRequestExtras {
  squash: boolean;
  removeSourceBranch: boolean;
  allowCollaboration: boolean;
  /** Whether `mergeCommit` is a squashed one. */
  squashed: boolean;
  /** Diff, pipelines and mergeability were worked out once. */
  prepared: boolean;
  readonly systemNotes: SystemNote[];
}

/** What only GitLab has; everything that both forges have is in the store. */
export interface GitLabState {
  extras(mergeRequest: Pick<SandboxMergeRequest, "id">): MergeRequestExtras;
  labels(repository: Pick<SandboxRepository, "id">): readonly Label[];
  /** The label of that name, made where there is none, as when it is first put on a merge request. */
  label(repository: Pick<SandboxRepository, "id">, wanted: NewLabel): Label;
  addSystemNote(mergeRequest: SandboxMergeRequest, body: string, by: SandboxUser): void;
  nextId(): number;
}

export interface NewLabel {
  readonly name: string;
  readonly color?: string;
  readonly description?: string;
}

const states = new WeakMap<SandboxStore, GitLabState>();

/** The same for REST and webhooks of one forge. */
export function stateOf(store: SandboxStore): GitLabState {
  const known = states.get(store);
  if (known !== undefined) return known;
  const state = createState(store);
  states.set(store, state);
  return state;
}

/** Ids below are the store's. */
const firstId = 1_000_000;
const labelColor = "#6699cc";

function createState(store: SandboxStore): GitLabState {
  const extras = new Map<number, MergeRequestExtras>();
  const labels = new Map<number, Label[]>();
  let lastId = firstId;
  const nextId = () => ++lastId;

  function extrasOf({ id }: Pick<SandboxMergeRequest, "id">): MergeRequestExtras {
    return entry(extras, id, newExtras);
  }
  return {
    nextId,
    extras: extrasOf,
    labels: ({ id }) => labels.get(id) ?? [],
    label: ({ id }, { name, color, description }) => {
      const present = entry(labels, id, (): Label[] => []);
      const known = present.find((one) => one.name === name);
      if (known !== undefined) return known;
      const look = { color: color ?? labelColor, description: description ?? null };
      const made: Label = { id: nextId(), name, ...look, createdAt: store.now() };
      present.push(made);
      return made;
    },
    addSystemNote: (mergeRequest, body, author) => {
      const { repository, number } = mergeRequest;
      const at = store.now();
      extrasOf(mergeRequest).systemNotes.push({
        id: nextId(),
        repository,
        mergeRequest: number,
        author,
        body,
        ...{ via: "page", system: true, reactions: [] },
        createdAt: at,
        updatedAt: at,
        follows: store.comments(mergeRequest).at(-1)?.id ?? 0,
      });
    },
  };
}

function newExtras(): MergeRequestExtras {
  return {
    squash: false,
    removeSourceBranch: false,
    allowCollaboration: false,
    squashed: false,
    prepared: false,
    systemNotes: [],
  };
}

function entry<T>(map: Map<number, T>, key: number, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
