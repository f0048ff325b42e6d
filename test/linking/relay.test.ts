import { describe, expect, it } from "@jest/globals";
import type { CommitStatus } from "../../src/domain/commit-status.js";
import { UserError } from "../../src/domain/errors.js";
import { ResultBoard, type ResultBoardServices } from "../../src/linking/results/result-board.js";
import type { ToldResults } from "../../src/linking/telling/told.js";
import { linkEntry } from "../config/link-entry.js";
import { Relay, type RelayServices } from "../../src/linking/results/relay.js";

const repository = { forge: "gitlab.com", path: "rpms/tally" };
const result = (context: string): CommitStatus => ({ context, state: "success", description: "" });

/** A dist-git commit with results of these names. */
function relayOf(
  contexts: readonly string[],
  { refused, required = [] }: { readonly refused?: string; readonly required?: readonly string[] } = {},
) {
  const shown: string[] = [];
  const inComment: string[] = [];
  const forge = {
    // eslint-disable-next-line @typescript-eslint/require-await -- as lists of forges are.
    async *listCommitStatuses() {
      yield* contexts.map(result);
    },
    findMergeRequest: () => Promise.resolve({ ref: { repository, number: 1 } }),
    ensureCommitStatuses: (_: unknown, statuses: readonly CommitStatus[]) => {
      shown.push(...statuses.map(({ context, state }) => `${context} ${state}`));
      if (refused === undefined) return Promise.resolve("set");
      return Promise.reject(new UserError("refused", { message: refused }));
    },
  };
  const pair = { sourceGit: { repository, number: 1 }, distGit: { repository, number: 2 } };
  const pairs = { mirroredBy: () => Promise.resolve([{ pair, sourceCommit: "a".repeat(40) }]) };
  const forges = { for: () => forge };
  const told = { of: () => Promise.resolve(undefined) };
  const clock = { now: () => new Date(0) };
  const said = () => Promise.resolve([]);
  const names = { arePlain: () => Promise.resolve(true), say: () => Promise.resolve(), said };
  const giveUpLater = () => Promise.resolve();
  const board = new ResultBoard({
    forges,
    told,
    clock,
    giveUpLater,
    names,
  } as unknown as ResultBoardServices);
  const report = {
    showResults: (_: unknown, { results, shownAsStatuses }: ToldResults) => {
      inComment.push(...results.map(({ context }) => `${context}${shownAsStatuses ? "" : " (here only)"}`));
      return Promise.resolve();
    },
  };
  const link = { distGit: repository, entry: linkEntry({ requiredResults: required }) };
  const links = { from: () => [link], to: () => [link] };
  const late = { record: () => Promise.resolve() };
  const services = { forges, pairs, told, board, report, links, late } as unknown as RelayServices;
  return { relay: new Relay(services), shown, inComment };
}

describe("relayed results", () => {
  it("have names that both forges take", async () => {
    const { relay, shown } = relayOf(["x".repeat(400)]);

    const tested = await relay.find({ repository, commit: "b".repeat(40) });
    if (tested) await relay.relay(tested, "goes on");
    expect(shown[0]?.split(" ")[0]).toHaveLength(255);
  });

  it.each([
    ["goes on", ["cla"], ["dist-git/cla success", "dist-git/build pending", "dist-git pending"]],
    ["is over", [], ["dist-git/build pending", "dist-git pending"]],
  ] as const)("lack what is required and was not told of, while the wait %s", async (wait, told, all) => {
    const { relay, shown } = relayOf(told, { required: ["build"] });

    const tested = await relay.find({ repository, commit: "b".repeat(40) });
    if (tested) await relay.relay(tested, wait);
    expect(shown).toEqual(all);
  });

  it("are in the comment, also where the forge takes one of them for no status", async () => {
    const { relay, inComment } = relayOf(["build"], { refused: "context is odd" });

    const tested = await relay.find({ repository, commit: "b".repeat(40) });
    if (tested) await relay.relay(tested, "goes on");
    expect(inComment).toEqual(["build (here only)"]);
  });
});
