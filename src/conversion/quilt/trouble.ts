import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { Applied } from "../patches/apply-patch.js";

export type FailedPatch = Applied & { readonly outcome: "failed" };

/** `fix.patch does not apply: src/a.c does not have what hunk 2 (line 30 of the patch) looks for`. */
export function describeTrouble(patch: string, { file, reason }: FailedPatch): string {
  return `${patch} does not apply: ${file === "" ? "it" : file} ${reason}`;
}

export function fuzzWarning(patch: string, fuzz: number): string {
  return `${patch} applies with fuzz ${fuzz} only, which dpkg-source does not accept: refresh it`;
}

export function noPackaging(tip: CommitId): UserError {
  return new UserError("missing", {
    message: "dist-git has no debian/",
    where: `dist-git's commit ${shortCommit(tip)}`,
    remedy: "Is this the packaging branch?",
  });
}
