import { Command } from "commander";
import { readFile, stat } from "node:fs/promises";
import { detectLayout } from "../conversion/detect.js";
import type { InspectedPatch, Inspection, LayoutName } from "../conversion/layout.js";
import { layoutNamed } from "../conversion/layouts.js";
import { largestSpec } from "../conversion/rpm/dist-side.js";
import { inspectSpec } from "../conversion/rpm/inspect.js";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { openQuarantine } from "../git/quarantine.js";
import { git } from "../git/run.js";
import { encodeText } from "../git/text.js";
import { createStyle, type Style } from "./demo/style.js";
import { readFolder } from "./inspected-folder.js";
import { jsonOption, layoutOption } from "./options.js";

interface Options {
  readonly layout?: LayoutName;
  readonly json?: true;
}

export function inspectCommand(): Command {
  return new Command("inspect")
    .summary("say what is understood of a dist-git repository or a spec")
    .description(
      "Says which package, sources and patches DIST holds, in which order, with which strip level and by what they are applied, and what is not understood. DIST is a repository, whose commit that is checked out counts; a folder with a spec or debian/; or a spec file. Nothing in it is executed.",
    )
    .argument("<dist>", "dist-git repository, folder, or spec file")
    .addOption(layoutOption())
    .addOption(jsonOption())
    .action(async (dist: string, options: Options) => {
      const inspection = await inspect(dist, options.layout);
      const style = createStyle(process.stdout.isTTY && process.stdout.hasColors());
      process.stdout.write(
        options.json === true ? toJson(inspection) : encodeText(toText(inspection, style)),
      );
    });
}

async function inspect(path: string, layout: LayoutName | undefined): Promise<Inspection> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new UserError("missing", {
      message: `there is no file or folder ${path}`,
      remedy: "Name a dist-git repository, a folder with a spec or debian/, or a spec file.",
    });
  }
  if (found.isDirectory()) return inspectFolder(path, layout);
  if (found.size <= largestSpec && found.isFile()) return inspectFile(path, layout);
  throw new UserError("unsupported", {
    message: `${path} is no spec: it has ${found.size} bytes; ${largestSpec} are the limit`,
    where: path,
  });
}

async function inspectFile(path: string, layout: LayoutName | undefined): Promise<Inspection> {
  if ((layout ?? "rpm") === "rpm" && path.endsWith(".spec")) return inspectSpec(await readFile(path), path);
  throw new UserError("usage", {
    message: `${path} is a single file, and only a spec (layout rpm) says something alone`,
    where: path,
    remedy: "Name the folder or repository that it is in.",
  });
}

async function inspectFolder(folder: string, layout: LayoutName | undefined): Promise<Inspection> {
  if (!(await isRepository(folder))) {
    return readFolder(folder, (store, commit) => inspectCommit(store, commit, layout));
  }
  const store = await openQuarantine(folder);
  try {
    const commit = await store.resolve("HEAD");
    if (commit !== undefined) return await inspectCommit(store, commit, layout);
    throw new UserError("missing", { message: `${folder} has no commit yet`, where: folder });
  } finally {
    await store.close();
  }
}

async function inspectCommit(
  store: ObjectStore,
  commit: CommitId,
  layout: LayoutName | undefined,
): Promise<Inspection> {
  return layoutNamed(layout ?? (await detectLayout(store, commit))).inspect(store, commit);
}

/** A folder inside a clone of many packages is no repository of its own. */
async function isRepository(directory: string): Promise<boolean> {
  const { exitCode, stdout } = await git(["rev-parse", "--show-prefix"], { directory, expect: [0, 128] });
  return exitCode === 0 && stdout.toString("utf8").trim() === "";
}

function toJson({ layout, package: name, version, sources, patches, unsupported }: Inspection): string {
  const answer = {
    layout,
    package: name ?? null,
    version: version ?? null,
    sources: sources.map(({ number, file }) => ({ number, file })),
    patches: patches.map(({ number, file, strip, folder = "", appliedBy }) => ({
      number,
      file,
      strip,
      ...(folder === "" ? {} : { folder }),
      appliedBy: appliedBy ?? null,
    })),
    unsupported: unsupported.map(({ line, reason }) => ({ line, reason })),
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

function toText(inspection: Inspection, style: Style): string {
  const { layout, package: name, version, sources, patches, unsupported } = inspection;
  const blocks = [
    [`${style.bold([name ?? "a package without name", version].join(" ").trim())} (layout ${layout})`],
    section("Sources", sources.length === 0 ? ["  none"] : sourceLines(inspection), style),
    section(
      patches.length === 0 ? "Patches" : "Patches, in the order in which they are applied",
      patches.length === 0 ? ["  none"] : patchLines(patches, style),
      style,
    ),
    unsupported.length === 0
      ? []
      : section(
          "Not understood",
          unsupported.map(({ line, reason }) => `  line ${line}: ${reason}`),
          style,
        ),
  ];
  const shown = layout === "quilt" ? blocks.filter((_, index) => index !== 1) : blocks;
  return `${shown
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return [style.bold(title), ...lines];
}

function sourceLines({ sources }: Inspection): string[] {
  return table(sources.map(({ number, file }) => [String(number), shown(file)]));
}

function patchLines(patches: readonly InspectedPatch[], style: Style): string[] {
  const rows = patches.map(({ number, file, strip, folder = "", appliedBy }) =>
    appliedBy === undefined
      ? [String(number), shown(file), "", "not applied"]
      : [String(number), shown(file), `-p${strip}`, folder === "" ? appliedBy : `${appliedBy} in ${folder}/`],
  );
  return table(rows).map((line, index) => (patches[index]?.appliedBy === undefined ? style.dim(line) : line));
}

/** A name may hold what moves a terminal's cursor. */
function shown(name: string): string {
  // eslint-disable-next-line no-control-regex -- those are the characters that must not get through
  return /[\u0000-\u001f\u007f-\u009f]/.test(name) ? JSON.stringify(name) : name;
}

/** Numbers to the right, all else to the left. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("  ")}`.trimEnd(),
  );
}
