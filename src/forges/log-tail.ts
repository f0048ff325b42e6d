/** Milliseconds that a log may take. */
const timeout = 20_000;

/**
 * The last bytes of a log, however long it is; `undefined` where it cannot be had, for a result is worth showing without it,
 * too. The token goes in `authorization`, which is not carried on to another host: logs may lie in an object storage.
 */
export async function findLogTail(
  url: string,
  { token, bytes }: { readonly token: string; readonly bytes: number },
): Promise<string | undefined> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeout) });
    if (response.ok && response.body) return await tailOf(response.body, bytes);
    await response.body?.cancel();
  } catch {
    // Gone, expired, or too slow.
  }
  return undefined;
}

/** No character is cut in two. */
async function tailOf(body: AsyncIterable<Uint8Array>, bytes: number): Promise<string> {
  let tail = Buffer.alloc(0);
  for await (const piece of body) {
    const longer = Buffer.concat([tail, piece]);
    tail = longer.subarray(Math.max(0, longer.length - bytes));
  }
  const begin = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return tail.subarray(Math.max(0, begin)).toString("utf8");
}
