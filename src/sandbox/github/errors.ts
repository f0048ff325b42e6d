import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What GitHub says about one field of a request that it will not process. */
export interface FieldError {
  readonly resource: string;
  readonly code: "custom" | "invalid" | "missing" | "missing_field" | "already_exists" | "unprocessable";
  readonly field?: string;
  readonly message?: string;
}

/** An answer other than success, with the status and the body that GitHub gives. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: ContentfulStatusCode;
  readonly errors: readonly FieldError[] | undefined;

  constructor(status: ContentfulStatusCode, message: string, errors?: readonly FieldError[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  body(): object {
    return {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: "https://docs.github.com/rest",
      status: String(this.status),
    };
  }
}

/** Also the answer for what exists and may not be seen. */
export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

export function badCredentials(): Refusal {
  return new Refusal(401, "Bad credentials");
}

export function requiresAuthentication(): Refusal {
  return new Refusal(401, "Requires authentication");
}

export function notForIntegrations(): Refusal {
  return new Refusal(403, "Resource not accessible by integration");
}

export function validationFailed(...errors: readonly FieldError[]): Refusal {
  return new Refusal(422, "Validation Failed", errors);
}

export function noCommitFound(revision: string): Refusal {
  return new Refusal(422, `No commit found for SHA: ${revision}`);
}
