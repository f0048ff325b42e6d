import type { SandboxRepository } from "../model.js";

const answers = new WeakMap<SandboxRepository, Map<string, Promise<unknown>>>();

/**
 * What git said of commits that are named by their ids, which never changes: forges are asked for the same merge request over and
 * over. "Nothing" is asked again, since the commits may come, and so is what failed.
 */
export async function askedOnce<T>(
  repository: SandboxRepository,
  question: readonly string[],
  ask: () => Promise<T>,
): Promise<T> {
  const known = answers.get(repository) ?? new Map<string, Promise<unknown>>();
  answers.set(repository, known);
  const key = question.join(" ");
  const forget = () => known.delete(key);
  const answer = (known.get(key) as Promise<T> | undefined) ?? ask();
  known.set(key, answer);
  try {
    const found = await answer;
    if (found === undefined) forget();
    return found;
  } catch (error) {
    forget();
    throw error;
  }
}
