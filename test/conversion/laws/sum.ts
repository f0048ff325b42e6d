import { expect } from "@jest/globals";
import { applyByGit, sourceTree } from "../round-trip.js";
import type { Begun } from "./beginnings.js";

/** Fails unless git, applying dist-git's patches to the base in their order, gives source-git's tree. */
export async function expectSum({ hello, made }: Begun): Promise<void> {
  const present = await hello.dist.files();
  const folder = made.specPath.startsWith("SPECS/") ? "SOURCES/" : "";
  const diffs = (hello.last?.patches ?? []).flatMap(({ file }) => {
    const bytes = present[`${folder}${file}`] ?? "";
    const old = made.patches.find((patch) => patch.file === file);
    const parts = old?.bytes === bytes ? old.parts : [bytes];
    return parts.map((part) => ({
      bytes: part,
      strips: [old?.strip ?? made.freshStrip],
      isOld: old?.bytes === bytes,
    }));
  });
  expect(await applyByGit(hello, diffs)).toBe(await sourceTree(hello));
}

/** Fails unless converting changes nothing. */
export async function expectEmptyChange({ hello }: Begun): Promise<void> {
  const before = await hello.dist.files();
  const { changed } = await hello.convert();
  expect(await hello.dist.files()).toEqual(before);
  expect(changed).toBe(false);
}
