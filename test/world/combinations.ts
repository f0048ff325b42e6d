export type ForgeKind = "github" | "gitlab";

export interface Combination {
  readonly from: ForgeKind;
  readonly to: ForgeKind;
}

const pairs: readonly Combination[] = [
  { from: "gitlab", to: "github" },
  { from: "github", to: "gitlab" },
  { from: "gitlab", to: "gitlab" },
  { from: "github", to: "github" },
];

/** Of every scene on one pair alone, as in `SLUICE_TEST_FORGES=gitlab,gitlab`: source-git's forge, then dist-git's. */
const asked = askedFor(process.env["SLUICE_TEST_FORGES"]);

function askedFor(names: string | undefined): Combination | undefined {
  if (names === undefined) return undefined;
  const pair = pairs.find(({ from, to }) => `${from},${to}` === names);
  if (!pair) throw new Error(`SLUICE_TEST_FORGES is no pair of forges: ${names}`);
  return pair;
}

/** Source-git and dist-git on every pair of forges. */
export const combinations: readonly Combination[] = asked ? [asked] : pairs;

/** Where the two ways differ in nothing that the adapters' contract tests leave out: from GitLab to GitHub. */
export const outward: Combination = asked ?? { from: "gitlab", to: "github" };

/** The other way. */
export const inward: Combination = asked ?? { from: "github", to: "gitlab" };

/** Always those: for what happens to one of two forges alone, or is of their kinds. */
export const twoForges: Combination = { from: "gitlab", to: "github" };

/** For `describe.each`: each forge on each side once, enough where what is tested happens on one side at a time. */
export const crossings: readonly Combination[] = asked ? [asked] : [outward, inward];

/** Those one way alone, so that the title names them. */
export const outbound: readonly Combination[] = [outward];
export const inbound: readonly Combination[] = [inward];
