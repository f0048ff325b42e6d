/** What comes of the work; `undefined` where it has not ended after so many milliseconds. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let impatience: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    impatience = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(impatience);
  }
}
