import { createPublicKey, verify } from "node:crypto";
import { systemClock } from "../../domain/clock.js";
import type { SandboxApp } from "../store.js";
import { Refusal } from "./errors.js";

const longestLife = 600;
/** Clocks differ: GitHub advises to date tokens a minute back, and forgives as much ahead. */
const drift = 60;

/** Whether a credential has the form of a JSON web token; installation and personal tokens have no dots. */
export function looksLikeJwt(credential: string): boolean {
  return credential.split(".").length === 3;
}

/** Throws GitHub's 401 unless the token was signed by the app's key and is of now. */
export function verifyAppJwt(token: string, app: SandboxApp): void {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = decode(payload);
  if (decode(header)?.["alg"] !== "RS256" || claims === undefined) throw undecodable();

  const signed = Buffer.from(`${header}.${payload}`);
  const genuine = verify(
    "RSA-SHA256",
    signed,
    createPublicKey(app.publicKey),
    Buffer.from(signature, "base64url"),
  );
  if (!genuine || String(claims["iss"]) !== String(app.id)) throw undecodable();
  checkTimes(claims);
}

function checkTimes(claims: Record<string, unknown>): void {
  // A token is dated by the machine that signs it, whatever clock a test gives to the sandbox.
  const now = systemClock.now().getTime() / 1000;
  const { iat, exp } = claims;
  if (typeof exp !== "number" || exp <= now) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + longestLife + drift) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== "number" || iat > now + drift) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function undecodable(): Refusal {
  return new Refusal(401, "A JSON web token could not be decoded");
}
