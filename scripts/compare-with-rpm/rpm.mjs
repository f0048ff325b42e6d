import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const nextSection =
  /^%(?:build|install|check|files|description|package|changelog|conf|generate_buildrequires)\b/m;

/** Lua that says at the end of a spec which files rpm has found in it. */
const report = [
  "%{lua:",
  'for i, p in ipairs(patches or {}) do io.stderr:write("@@patch " .. patch_nums[i] .. " " .. p .. "\\n") end',
  'for i, s in ipairs(sources or {}) do io.stderr:write("@@source " .. source_nums[i] .. " " .. s .. "\\n") end',
  "}",
].join("\n");

/**
 * What rpm says of a spec: `patches` and `sources` with their numbers, and `applied`, the patches in the order in which the
 * expanded %prep applies them, with strip level. rpm runs what the spec tells it to: in a network of nobody, with an empty
 * home. `error` instead when rpm does not read the spec.
 */
export async function askRpm(spec, definitions) {
  const folder = await mkdtemp(join(tmpdir(), "compare-with-rpm-"));
  try {
    const sources = join(folder, "SOURCES");
    await mkdir(sources);
    const copy = join(folder, basename(spec));
    const text = await readFile(spec, "latin1");
    await writeFile(copy, `${markEnd(text)}\n${report}\n`, "latin1");
    const first = await parse(copy, { folder, sources, definitions });
    if (first.error !== undefined) return { error: first.error };
    const named = listNamed(first.stderr, sources);
    // rpm prints how it applies a patch only when there is a file of that name.
    for (const { file } of named.patches) await writeFile(join(sources, file), "").catch(() => undefined);
    const second = await parse(copy, { folder, sources, definitions });
    return { ...named, applied: listApplied(second.stdout, sources, named.patches) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** rpm prints some sections without their names: a line of ours says where %prep ends. */
function markEnd(text) {
  const start = text.search(/^%prep\b/m);
  if (start < 0) return text;
  const end = text.slice(start).search(nextSection);
  if (end < 0) return text;
  return `${text.slice(0, start + end)}: @@end\n${text.slice(start + end)}`;
}

async function parse(spec, { folder, sources, definitions }) {
  const options = [
    ...["--define", `_topdir ${folder}`, "--define", `_sourcedir ${sources}`],
    ...definitions.flatMap((definition) => ["--define", definition]),
  ];
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: "C.UTF-8" };
  const answer = await run("unshare", ["--net", "rpmspec", "-P", ...options, spec], {
    cwd: folder,
    env,
    maxBuffer: 256 * 1024 ** 2,
    timeout: 60_000,
    encoding: "latin1",
  }).catch((error) => error);
  if (!(answer instanceof Error)) return answer;
  const said = String(answer.stderr ?? answer.message).split("\n");
  return { error: said.find((line) => line.startsWith("error:")) ?? said[0] ?? "rpmspec failed" };
}

function listNamed(stderr, sources) {
  const found = { patch: [], source: [] };
  for (const [, kind, number, path] of stderr.matchAll(/^@@(patch|source) (\d+) (.*)$/gm)) {
    const file = path.startsWith(`${sources}/`) ? path.slice(sources.length + 1) : basename(path);
    found[kind].push({ number: Number(number), file: file.trim() });
  }
  return { patches: found.patch, sources: found.source };
}

function listApplied(parsed, sources, patches) {
  const known = new Set(patches.map(({ file }) => file));
  const start = parsed.search(/^%prep\b/m);
  if (start < 0) return [];
  const rest = parsed.slice(start + 5);
  const end = rest.indexOf(": @@end");
  const lines = (end < 0 ? rest : rest.slice(0, end)).split("\n");
  return lines.flatMap((line, index) => {
    // A pipe goes on in the next line.
    const command = /\|\s*$/.test(line) ? `${line} ${lines[index + 1] ?? ""}` : line;
    if (!/\b(?:patch|git|quilt)\b/.test(command.replaceAll(sources, ""))) return [];
    if (/^\s*(?:#|echo\b)/.test(line)) return [];
    const files = line.split(`${sources}/`).slice(1);
    const strip = Number(/\s-[A-Za-z]*p\s*(\d+)/.exec(command)?.[1] ?? (/\bgit\b/.test(command) ? 1 : 0));
    return files
      .map((text) => ({ file: /^[^\s'"|;)]*/.exec(text)?.[0] ?? "", strip }))
      .filter(({ file }) => known.has(file));
  });
}
