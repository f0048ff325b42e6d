/** Longest that a forge is believed to want to be left alone, in milliseconds. */
const longest = 3_600_000;

/**
 * Until when a forge wants no more requests of us, where an answer says so: with `Retry-After`, or with a budget that is used
 * up. What limits one kind of request alone (GitLab's limit of comments, say) comes without either.
 */
export function closingOf(
  { status, headers }: Pick<Response, "status" | "headers">,
  now: Date,
): Date | undefined {
  if (status !== 429 && status !== 403) return undefined;
  const moment = afterPause(headers.get("retry-after"), now) ?? atReset(headers);
  if (moment === undefined || !(moment > now.getTime())) return undefined;
  return new Date(Math.min(moment, now.getTime() + longest));
}

/** In seconds from now, or as a date. */
function afterPause(value: string | null, now: Date): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  return Number.isFinite(seconds) ? now.getTime() + seconds * 1000 : Date.parse(value);
}

function atReset(headers: Headers): number | undefined {
  for (const prefix of ["x-ratelimit", "ratelimit"]) {
    const isUsedUp = headers.get(`${prefix}-remaining`) === "0";
    if (isUsedUp && headers.has(`${prefix}-reset`)) return Number(headers.get(`${prefix}-reset`)) * 1000;
  }
  return undefined;
}
