import type { ForgeKind } from "../model.js";

/** The pages of a forge, by the addresses that its API gives. */
export type Place =
  | { readonly page: "repository"; readonly path: string }
  | { readonly page: "merge-request"; readonly path: string; readonly number: number }
  | { readonly page: "commit"; readonly path: string; readonly commit: string }
  | { readonly page: "files"; readonly path: string; readonly revisionAndPath: string }
  | { readonly page: "pipeline"; readonly path: string; readonly id: number }
  | { readonly page: "job"; readonly path: string; readonly id: number }
  | { readonly page: "check-run"; readonly path: string; readonly id: number };

type Read = readonly [RegExp, (path: string, rest: string) => Place];

// GitLab sets what belongs to a project apart from its path by `/-`.
const common = (mark: "" | "/-"): readonly Read[] => [
  [
    new RegExp(`^(.+?)${mark}/commit/([0-9a-f]{4,64})$`),
    (path, commit) => ({ page: "commit", path, commit }),
  ],
  [
    new RegExp(`^(.+?)${mark}/(?:blob|tree)/(.+)$`),
    (path, revisionAndPath) => ({ page: "files", path, revisionAndPath }),
  ],
];
const github: readonly Read[] = [
  [
    /^([^/]+\/[^/]+)\/pull\/(\d+)(?:\/.*)?$/,
    (path, number) => ({ page: "merge-request", path, number: Number(number) }),
  ],
  [/^([^/]+\/[^/]+)\/actions\/runs\/\d+\/job\/(\d+)$/, (path, id) => ({ page: "job", path, id: Number(id) })],
  [/^([^/]+\/[^/]+)\/actions\/runs\/(\d+)$/, (path, id) => ({ page: "pipeline", path, id: Number(id) })],
  [/^([^/]+\/[^/]+)\/runs\/(\d+)$/, (path, id) => ({ page: "check-run", path, id: Number(id) })],
  ...common(""),
];
const gitlab: readonly Read[] = [
  [
    /^(.+)\/-\/merge_requests\/(\d+)(?:\/.*)?$/,
    (path, number) => ({ page: "merge-request", path, number: Number(number) }),
  ],
  [/^(.+)\/-\/pipelines\/(\d+)$/, (path, id) => ({ page: "pipeline", path, id: Number(id) })],
  [/^(.+)\/-\/jobs\/(\d+)$/, (path, id) => ({ page: "job", path, id: Number(id) })],
  ...common("/-"),
];

/** What a path of the forge's web site shows. */
export function placeOf(kind: ForgeKind, pathname: string): Place {
  const address = decodeURIComponent(pathname).replace(/^\/|\/$/g, "");
  for (const [pattern, place] of kind === "github" ? github : gitlab) {
    const [, path, rest] = pattern.exec(address) ?? [];
    if (path !== undefined && rest !== undefined) return place(path, rest);
  }
  return { page: "repository", path: address };
}

/** The way to each page, from the root of the forge. */
export interface Addresses {
  repository(path: string): string;
  mergeRequest(path: string, number: number): string;
  commit(path: string, commit: string): string;
  files(
    path: string,
    at: { readonly revision: string; readonly file: string; readonly folder: boolean },
  ): string;
  pipeline(path: string, id: number): string;
  job(path: string, job: { readonly pipeline: number; readonly id: number }): string;
  checkRun(path: string, id: number): string;
}

export function addressesOf(kind: ForgeKind): Addresses {
  const within = (path: string, rest: string) => `/${path}${kind === "github" ? "" : "/-"}/${encoded(rest)}`;
  return {
    repository: (path) => `/${path}`,
    mergeRequest: (path, number) =>
      within(path, kind === "github" ? `pull/${number}` : `merge_requests/${number}`),
    commit: (path, commit) => within(path, `commit/${commit}`),
    files: (path, { revision, file, folder }) =>
      within(path, [folder ? "tree" : "blob", revision, ...(file === "" ? [] : [file])].join("/")),
    pipeline: (path, id) => within(path, kind === "github" ? `actions/runs/${id}` : `pipelines/${id}`),
    job: (path, { pipeline, id }) =>
      within(path, kind === "github" ? `actions/runs/${pipeline}/job/${id}` : `jobs/${id}`),
    checkRun: (path, id) => within(path, `runs/${id}`),
  };
}

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
