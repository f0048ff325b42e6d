/** The name under which a forge stands in `sluice.yml`, usually its host: `gitlab.com`. */
export type ForgeName = string;

/** A git object id: 40 (or 64) lower-case hexadecimal digits. */
export type CommitId = string;

/** One git repository on a forge. */
export interface RepositoryRef {
  readonly forge: ForgeName;
  /** The full path on the forge without leading slash or `.git`: `owner/name` or `group/sub/name`. */
  readonly path: string;
}

/** One merge request, named by the repository that it wants to change and its number there. */
export interface MergeRequestRef {
  readonly repository: RepositoryRef;
  readonly number: number;
}

/** One commit of one repository. */
export interface CommitRef {
  readonly repository: RepositoryRef;
  readonly commit: CommitId;
}

/** `gitlab.com/group/name`: what people write in `sluice.yml` and read in logs. */
export function repositoryName({ forge, path }: RepositoryRef): string {
  return `${forge}/${path}`;
}

/** `gitlab.com/group/name!12`: one notation for both forges, as lanes, keys and logs need it. */
export function mergeRequestName({ repository, number }: MergeRequestRef): string {
  return `${repositoryName(repository)}!${number}`;
}

/** The first 12 digits, as people read commits. */
export function shortCommit(commit: CommitId): string {
  return commit.slice(0, 12);
}

/** Forges compare paths without regard to case; so do we. */
export function sameRepository(one: RepositoryRef, other: RepositoryRef): boolean {
  return one.forge === other.forge && one.path.toLowerCase() === other.path.toLowerCase();
}
