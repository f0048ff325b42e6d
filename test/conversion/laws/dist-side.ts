import fc from "fast-check";
import { commitFiles, makePackage, patchPlan, type PackagePlan, type PatchPlan } from "./generate.js";
import type { Begun } from "./beginnings.js";

/** What somebody does to dist-git. */
export interface DistDeed {
  readonly kind: "new patch" | "changed patch" | "removed patch" | "rebuild" | "spec" | "files";
  /** Chooses among the patches, where not only the last one may be meant. */
  readonly at: number;
  readonly patch: PatchPlan;
  readonly files: Readonly<Record<string, string>>;
}

const files = fc.dictionary(
  fc.constantFrom("gating.yaml", "tests/run.sh", "new/file", "hello.conf"),
  fc.constantFrom("changed\n", "b\r\n", "\0\x01\xfe", "no newline"),
  { maxKeys: 3 },
);

export const distDeeds = (...kinds: readonly DistDeed["kind"][]): fc.Arbitrary<readonly DistDeed[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(9), patch: patchPlan, files }), {
    minLength: 1,
    maxLength: 3,
  });

/** Commits each deed to dist-git. `anywhere`: not only the last patch is changed or removed. */
export async function performInDist(
  { hello }: Begun,
  { plan, deeds, anywhere }: { plan: PackagePlan; deeds: readonly DistDeed[]; anywhere: boolean },
): Promise<PackagePlan> {
  let now = withNames(plan);
  for (const deed of deeds) {
    const last = now.patches.length - 1;
    now = withNames(after(now, deed, anywhere ? deed.at % Math.max(1, now.patches.length) : last));
    await commitFiles(hello.dist, makePackage(now).files, `Do: ${deed.kind}\n`);
  }
  return now;
}

/** A patch keeps its name when another one goes. */
function withNames(plan: PackagePlan): PackagePlan {
  const made = makePackage(plan).patches;
  const named = plan.patches.map((patch, index) => ({ ...patch, file: made[index]?.file ?? "" }));
  return { ...plan, patches: named };
}

function after(plan: PackagePlan, { kind, patch, files: fresh }: DistDeed, at: number): PackagePlan {
  const { patches, spec, release } = plan;
  const chosen = patches[at];
  if (kind === "new patch") return { ...plan, patches: [...patches, patch] };
  if (kind === "rebuild") return { ...plan, release: release + 1 };
  if (kind === "spec") return { ...plan, spec: { ...spec, latin: !spec.latin } };
  if (kind === "files") return { ...plan, files: fresh };
  if (chosen === undefined) return plan;
  if (kind === "removed patch") return { ...plan, patches: patches.toSpliced(at, 1) };
  return { ...plan, patches: patches.with(at, { ...chosen, parts: patch.parts }) };
}
