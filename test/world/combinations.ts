export type ForgeKind = "github" | "gitlab";

export interface Combination {
  readonly from: ForgeKind;
  readonly to: ForgeKind;
}

/** Source-git and dist-git on every pair of forges. */
export const combinations: readonly Combination[] = [
  { from: "gitlab", to: "github" },
  { from: "github", to: "gitlab" },
  { from: "gitlab", to: "gitlab" },
  { from: "github", to: "github" },
];

/** Each forge on each side once: enough where what is tested happens on one side at a time. */
export const crossings: readonly Combination[] = combinations.filter(({ from, to }) => from !== to);

const [toGitHub, toGitLab] = crossings;

/** From GitLab to GitHub alone: where the two ways differ in nothing that the adapters' contract tests leave out. */
export const outbound: readonly Combination[] = toGitHub ? [toGitHub] : [];

/** The other way alone. */
export const inbound: readonly Combination[] = toGitLab ? [toGitLab] : [];
