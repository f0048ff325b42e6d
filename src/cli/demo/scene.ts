import type { Example } from "../../sandbox/example.js";
import { plainText } from "../plain-text.js";
import { type GitHubView, viewGitHub } from "./github.js";
import { type GitLabView, type SeenStatus, viewGitLab } from "./gitlab.js";
import type { Story } from "./story.js";
import type { Style } from "./style.js";

export interface Stage {
  readonly story: Story;
  readonly style: Style;
  readonly example: Example;
}

/** The stage with the eyes of a maintainer on both sides. */
export interface Scene extends Stage {
  readonly sourceGit: GitLabView;
  readonly distGit: GitHubView;
}

export function setScene(stage: Stage): Scene {
  const { sourceForge, distForge, distGit } = stage.example;
  const maintainer = sourceForge.account("maintainer");
  return {
    ...stage,
    sourceGit: viewGitLab(projectUrl(stage.example), maintainer.token),
    distGit: viewGitHub(`${distForge.apiUrl}/repos/${distGit.path}`, distForge.account("maintainer").token),
  };
}

/** The source-git project in GitLab's API. */
function projectUrl({ sourceForge, sourceGit }: Example): string {
  return `${sourceForge.apiUrl}/projects/${encodeURIComponent(sourceGit.path)}`;
}

/** The results of dist-git among the statuses of a source-git commit. */
export function relayed(statuses: readonly SeenStatus[]): readonly SeenStatus[] {
  return statuses.filter(({ name }) => name.startsWith("dist-git/"));
}

/** The paragraphs of a comment as a terminal shows them: without Markdown, and the marker that nobody sees. */
export function paragraphs(text: string): readonly string[] {
  return plainText(text).split(/\n{2,}/);
}

export function firstLine(text: string): string {
  return paragraphs(text)[0] ?? "";
}
