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
