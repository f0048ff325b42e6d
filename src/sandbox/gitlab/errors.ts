import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer other than success: GitLab says `error` of the request's form and `message` of everything else. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: ContentfulStatusCode;
  readonly body: object;

  constructor(
    status: ContentfulStatusCode,
    body: { readonly message: unknown } | { readonly error: string },
  ) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

/** `404 Project Not Found`; also the answer for what exists and may not be seen. */
export function notFound(what?: string): Refusal {
  return new Refusal(404, { message: what === undefined ? "404 Not found" : `404 ${what} Not Found` });
}

export function unauthorized(): Refusal {
  return new Refusal(401, { message: "401 Unauthorized" });
}

export function forbidden(): Refusal {
  return new Refusal(403, { message: "403 Forbidden" });
}

/** What GitLab says to whoever would change a project under its old path. */
export function notMovable(): Refusal {
  return new Refusal(405, { message: "Non GET methods are not allowed for moved projects" });
}

/** It is read at another address. */
export class MovedProject extends Error {
  override readonly name = "MovedProject";
  readonly location: string;

  constructor(location: string) {
    super(location);
    this.location = location;
  }
}

export function notAllowed(): Refusal {
  return new Refusal(405, { message: "405 Method Not Allowed" });
}

/** Parameters that are missing or of the wrong form. */
export function malformed(error: string): Refusal {
  return new Refusal(400, { error });
}

export function badRequest(reason: string): Refusal {
  return new Refusal(400, { message: `400 Bad request - ${reason}` });
}

/** What the forge's own checks of a record say: sentences by field. */
export function invalid(problems: Readonly<Record<string, readonly string[]>>): Refusal {
  return new Refusal(400, { message: problems });
}

export function conflict(message: string | readonly string[]): Refusal {
  return new Refusal(409, { message });
}

export function unprocessable(message: string | readonly string[]): Refusal {
  return new Refusal(422, { message });
}
