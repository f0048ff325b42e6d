import { describe, expect, it } from "@jest/globals";
import { fileURLToPath } from "node:url";
import { sluice } from "./run.js";

const file = fileURLToPath(new URL("../fixtures/config/one-link.yml", import.meta.url));
const env = { GITLAB_TOKEN: "glpat-s3cr3t", GITLAB_WEBHOOK_SECRET: "hook-s3cr3t" };

describe("check-config", () => {
  it("says what a file that is right means, and none of its secrets", async () => {
    const { code, stdout, stderr } = await sluice(["check-config", "--config", file], { env });

    expect(stdout).toBe(
      [
        `${file} is right.`,
        "forges:",
        "  gitlab.com (gitlab, https://gitlab.com)",
        "links:",
        "  gitlab.com/centos/src/{name} -> gitlab.com/centos/rpms/{name} (rpm)",
        "",
      ].join("\n"),
    );
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("says the same to programs", async () => {
    const { code, stdout } = await sluice(["check-config", "--json", "--config", file], { env });

    expect(JSON.parse(stdout)).toMatchObject({ ok: true, problems: [], forges: [{ name: "gitlab.com" }] });
    expect(stdout).not.toContain("s3cr3t");
    expect(code).toBe(0);
  });

  it("names the secrets that are missing", async () => {
    const { code, stderr } = await sluice(["check-config", "--config", file]);

    expect(stderr).toBe(
      [
        `error: ${file} has 2 problems:`,
        `  ${file}:2:3: forges.gitlab.com: the environment has no access token for gitlab.com. Set GITLAB_TOKEN.`,
        `  ${file}:2:3: forges.gitlab.com: the environment has no webhook secret for gitlab.com.` +
          " Set GITLAB_WEBHOOK_SECRET, or GITLAB_SIGNING_TOKEN.",
        "",
      ].join("\n"),
    );
    expect(code).toBe(1);
  });

  it("leaves the secrets aside where they are not at hand", async () => {
    expect((await sluice(["check-config", "--no-secrets", "--config", file])).code).toBe(0);
  });

  it("says that there is no file, to people and to programs", async () => {
    const people = await sluice(["check-config", "--config", "none.yml"]);
    const programs = await sluice(["check-config", "--config", "none.yml", "--json"]);

    expect(people.stderr).toBe(
      "error: there is no links file\n  in none.yml\n  Name one with --config FILE; the README has an example.\n",
    );
    expect(JSON.parse(programs.stdout)).toMatchObject({
      ok: false,
      problems: [{ where: "none.yml", message: "there is no links file" }],
    });
    expect([people.code, programs.code]).toEqual([1, 1]);
  });
});
