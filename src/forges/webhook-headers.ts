import { createHash, timingSafeEqual } from "node:crypto";

/** A webhook as it came in: header names in lower case, the body as the very bytes that were signed. */
export interface RawDelivery {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** A delivery's id, equal when the forge sends it again, and the event's name in the forge's own words. */
export interface DeliveryIdentity {
  readonly id: string;
  readonly event: string;
}

/** Compares in a time that tells nothing of where, or by how much, the two differ. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

/** For a delivery without an id: the same bytes are the same delivery. */
export function bodyId(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 32);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
