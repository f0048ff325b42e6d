/** The merge requests that say that they mirror the one at this address, oldest first. */
export function mirrorsOf(mergeRequests, address) {
  return mergeRequests
    .filter(({ description }) => description.includes(`](${address}), opened there by`))
    .sort((one, other) => one.number - other.number);
}
