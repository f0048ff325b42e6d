import { UserError } from "../domain/errors.js";

/** Does the work for each one, whatever the forge does not take of them; the first refusal is thrown at the end. */
export async function eachByItself<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const refused: UserError[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error);
    }
  }
  if (refused[0]) throw refused[0];
}
