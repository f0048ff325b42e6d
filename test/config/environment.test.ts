import { describe, expect, it } from "@jest/globals";
import { readEnvironment } from "../../src/config/environment.js";

describe("the environment", () => {
  it("need not say anything", () => {
    const environment = readEnvironment({});

    expect(environment).toMatchObject({
      port: 3000,
      host: "0.0.0.0",
      dataDirectory: "var",
      logLevel: "info",
    });
    expect(environment.databaseUrl.reveal()).toBe("sqlite:var/sluice.db");
  });

  it("moves the database with the data directory, unless the database has an address of its own", () => {
    const moved = readEnvironment({ DATA_DIRECTORY: "/srv/sluice" });
    const both = readEnvironment({ DATA_DIRECTORY: "/srv/sluice", DATABASE_URL: "postgres://db/sluice" });

    expect(moved.databaseUrl.reveal()).toBe("sqlite:/srv/sluice/sluice.db");
    expect(both.databaseUrl.reveal()).toBe("postgres://db/sluice");
  });

  it("may leave a variable empty, as if it were not there", () => {
    const environment = readEnvironment({ PORT: "", GITLAB_TOKEN: "" });

    expect(environment.port).toBe(3000);
    expect(environment.secret("GITLAB_TOKEN")).toBeUndefined();
  });

  it("takes port 0, which is any free one", () => {
    expect(readEnvironment({ PORT: "0" }).port).toBe(0);
  });

  it.each([
    [{ PORT: "http" }, "PORT must be a port number, 0 to 65535"],
    [{ PORT: "65536" }, "PORT must be a port number, 0 to 65535"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent"],
    [
      { DATABASE_URL: "mysql://bot:hunter2@db/sluice" },
      "DATABASE_URL must be sqlite:FILE or postgres://user:password@host/database",
    ],
  ])("is refused with one sentence: %j", (variables, sentence) => {
    expect(() => readEnvironment(variables)).toThrow(new Error(sentence));
  });

  it("is refused with all that is wrong with it", () => {
    expect(() => readEnvironment({ PORT: "x", LOG_LEVEL: "x" })).toThrow(/PORT must be[^]*LOG_LEVEL must be/);
  });
});
