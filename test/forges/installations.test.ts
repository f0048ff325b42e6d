import { describe, expect, it } from "@jest/globals";
import { Installations } from "../../src/forges/github/installations.js";
import type { Request } from "../../src/forges/github/request.js";

/** GitHub with an owner of so many repositories, on all of which an App is installed. */
function owned(count: number, { listFails = false } = {}) {
  const asked: string[] = [];
  const all = Array.from({ length: count }, (_, index) => ({ full_name: `Rpms/p${index}` }));
  const asApp: Request = (_, { repo } = {}) => {
    asked.push(`look up ${String(repo)}`);
    if (repo === "elsewhere") return Promise.reject(Object.assign(new Error("Not Found"), { status: 404 }));
    return Promise.resolve({ data: { id: 7 }, headers: {} });
  };
  const request: Request = (_, { page = 1 } = {}) => {
    asked.push(`list ${String(page)}`);
    if (listFails) return Promise.reject(new Error("Server Error"));
    const repositories = all.slice((Number(page) - 1) * 100, Number(page) * 100);
    return Promise.resolve({ data: { total_count: count, repositories }, headers: {} });
  };
  const installations = new Installations({
    ...{ asApp, asAppAnywhere: asApp },
    as: () => Promise.resolve({ request }),
  });
  const on = (name: string) => installations.on({ forge: "github.com", path: `rpms/${name}` });
  const onFirst = async (some: number) => {
    for (let index = 0; index < some; index++) expect(await on(`p${index}`)).toBe(7);
    return asked;
  };
  return { asked, on, onFirst };
}

describe("the installations of a GitHub App", () => {
  it("are looked up for a few repositories, and listed for many", async () => {
    expect(await owned(1000).onFirst(2)).toEqual(["look up p0", "look up p1"]);
    expect((await owned(1000).onFirst(1000)).length).toBeLessThanOrEqual(21);
  });

  it("are asked for once by all who want to know at the same time", async () => {
    const { asked, on, onFirst } = owned(90);
    await onFirst(2);
    await Promise.all(["p2", "p3", "p4"].map(on));

    expect(asked).toEqual(["look up p0", "look up p1", "list 1"]);
  });

  it("cost little more than look-ups where an owner has very many repositories, of which few are linked", async () => {
    expect((await owned(50_000).onFirst(100)).length).toBeLessThanOrEqual(101);
  });

  it("are looked up where the list fails, or does not name the repository", async () => {
    expect((await owned(100, { listFails: true }).onFirst(100)).length).toBeLessThanOrEqual(110);
    const { on, onFirst } = owned(100);
    await onFirst(5);

    await expect(on("elsewhere")).rejects.toThrow(
      "the GitHub App is not installed on github.com/rpms/elsewhere",
    );
    expect(await on("new")).toBe(7);
  });
});
