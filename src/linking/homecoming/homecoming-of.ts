import type { MergeRequest } from "../../domain/merge-request.js";
import { sameRepository } from "../../domain/refs.js";
import { isOurBranch } from "../wording/homecoming-wording.js";
import type { Homecoming, Homecomings } from "./homecomings.js";

/** The homecoming whose merge request this is: Sluice made it, and dist-git has all of it. */
export async function homecomingOf(
  homecomings: Pick<Homecomings, "withBranch">,
  { ref, source }: MergeRequest,
): Promise<Homecoming | undefined> {
  const isFromHere = source.repository && sameRepository(source.repository, ref.repository);
  if (!isFromHere || !isOurBranch(source.branch)) return undefined;
  return homecomings.withBranch(ref.repository, source.branch);
}
