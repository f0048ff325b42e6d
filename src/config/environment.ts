import { join } from "node:path";
import { z } from "zod";
import { Secret } from "../domain/secret.js";
import { type Problem, problemsError } from "./problem.js";

/** What the environment says: settings of the process, and the secrets that the links file names. */
export interface Environment {
  /** Where webhooks are received; port 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Holds the copies of repositories, and the database unless `DATABASE_URL` says otherwise. */
  readonly dataDirectory: string;
  /** May hold a password. */
  readonly databaseUrl: Secret;
  readonly logLevel: LogLevel;
  /** The value of a variable that holds a secret; `undefined` when it is unset or empty. */
  secret(variable: string): Secret | undefined;
}

export type LogLevel = (typeof logLevels)[number];

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const schema = z.object({
  PORT: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535)).default(3000),
  HOST: z.string().default("0.0.0.0"),
  DATA_DIRECTORY: z.string().default("var"),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.|postgres(ql)?:\/\/)/)
    .optional(),
  LOG_LEVEL: z.enum(logLevels).default("info"),
});

const expectations: Record<string, string> = {
  PORT: "PORT must be a port number, 0 to 65535",
  DATABASE_URL: "DATABASE_URL must be sqlite:FILE or postgres://user:password@host/database",
  LOG_LEVEL: `LOG_LEVEL must be one of ${logLevels.join(", ")}`,
};

/** Reads the environment of the process, or the one that a test passes; an empty variable counts as unset. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const result = schema.safeParse(given);
  if (!result.success) throw problemsError("the environment", result.error.issues.map(problemOf));

  const { PORT, HOST, DATA_DIRECTORY, DATABASE_URL, LOG_LEVEL } = result.data;
  return {
    port: PORT,
    host: HOST,
    dataDirectory: DATA_DIRECTORY,
    databaseUrl: new Secret(DATABASE_URL ?? `sqlite:${join(DATA_DIRECTORY, "sluice.db")}`),
    logLevel: LOG_LEVEL,
    secret: (variable) => secretOf(given[variable]),
  };
}

/** The value is not shown: `DATABASE_URL` may hold a password. */
function problemOf(issue: z.core.$ZodIssue): Problem {
  const variable = String(issue.path[0]);
  return {
    where: "environment",
    key: "",
    message: expectations[variable] ?? `${variable}: ${issue.message}`,
  };
}

function secretOf(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : new Secret(value);
}
