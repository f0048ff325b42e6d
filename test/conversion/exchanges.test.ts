import { afterEach, expect, it } from "@jest/globals";
import { newestExchange } from "../../src/conversion/exchanges.js";
import { newRepository, removeRepositories } from "./package.js";

afterEach(removeRepositories);

it("asks of a few commits alone whether the other side took them, and looks on for one that it contains", async () => {
  const [source, dist] = [await newRepository(), await newRepository()];
  const main = await source.commit("Main\n");
  const first = await dist.commit(`Update\n\nFrom-source-git-commit: ${main}\n`);
  for (let count = 0; count < 40; count += 1) {
    const open = await source.commit(`Open ${count}\n`, {}, { parents: [main] });
    await dist.commit(`Update\n\nFrom-source-git-commit: ${open}\n`);
  }
  await Promise.all([source.store.flush(), dist.store.flush()]);
  const asked: string[] = [];
  const newest = await newestExchange({
    ...{ store: dist.store, tip: dist.tip ?? "", trailer: "From-source-git-commit" },
    ...{ other: source.store, otherTip: main },
    took: (commit) => {
      asked.push(commit);
      return Promise.resolve(false);
    },
  });
  expect(newest).toEqual({ at: first, of: main });
  expect(asked).toHaveLength(30);
});
