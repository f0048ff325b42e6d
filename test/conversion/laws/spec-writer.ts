import fc from "fast-check";

/** How the author of a generated spec writes. */
export interface SpecPlan {
  readonly tags: "numbered" | "unnumbered" | "list";
  readonly start: number;
  readonly digits: number;
  readonly gap: string;
  readonly prep: PrepWay;
  /** The `-p` of what applies all patches at once. */
  readonly strip: number;
  readonly sources: string;
  readonly blankLines: boolean;
  readonly realName: boolean;
  readonly lineEnd: "\n" | "\r\n";
  readonly finalLineEnd: boolean;
  readonly latin: boolean;
}

export type PrepWay =
  | "%autosetup"
  | "%autosetup -S git_am"
  | "%autopatch"
  | "ranges"
  | "loop"
  | "%patch -P N"
  | "%patch -PN"
  | "%patchN"
  | "%patchN -b";

/** Where and how one patch is named. */
export interface TagPlan {
  readonly gap: number;
  readonly comments: number;
  readonly place: "bare" | "%if" | "%else" | "%global" | "blank line";
  readonly value: "plain" | "address" | "macro";
}

export interface NamedPatch {
  readonly file: string;
  readonly strip: number;
  readonly tag: TagPlan;
}

export const specPlan: fc.Arbitrary<SpecPlan> = fc.record({
  tags: fc.constantFrom("numbered", "numbered", "numbered", "unnumbered", "list"),
  start: fc.constantFrom(1, 0, 100),
  digits: fc.constantFrom(1, 4),
  gap: fc.constantFrom(" ", "column", "\t"),
  prep: fc.constantFrom(
    ...(["%autosetup", "%autosetup -S git_am", "%autopatch", "ranges", "loop"] as const),
    ...(["%patch -P N", "%patch -PN", "%patchN", "%patchN -b"] as const),
  ),
  strip: fc.constantFrom(1, 1, 0, 2),
  sources: fc.constantFrom("Source0", "Source0, Source1", "Source0, %if 0", "Source"),
  blankLines: fc.boolean(),
  realName: fc.boolean(),
  lineEnd: fc.constantFrom("\n", "\n", "\n", "\r\n"),
  finalLineEnd: fc.constantFrom(true, true, false),
  latin: fc.boolean(),
});

export const tagPlan: fc.Arbitrary<TagPlan> = fc.record({
  gap: fc.constantFrom(0, 0, 0, 1, 9),
  comments: fc.constantFrom(0, 0, 1, 2),
  place: fc.constantFrom("bare", "bare", "bare", "%if", "%else", "%global", "blank line"),
  value: fc.constantFrom("plain", "plain", "plain", "address", "macro"),
});

/** Whether each patch has a line of its own in `%prep`, with its own strip level. */
export function namesEach({ prep }: SpecPlan): boolean {
  return prep.startsWith("%patch");
}

/** The spec, bytes as latin1. */
export function writeSpec(plan: SpecPlan, patches: readonly NamedPatch[], release: number): string {
  const numbered = numberAll(plan, patches);
  const blank = plan.blankLines ? [""] : [];
  const lines = [
    ...(plan.realName
      ? ["%global realname hello", `${label(plan, "Name")}%{realname}`]
      : [`${label(plan, "Name")}hello`]),
    `${label(plan, "Version")}1.0`,
    `${label(plan, "Release")}${release}%{?dist}`,
    `${label(plan, "Summary")}Says hello`,
    `${label(plan, "License")}MIT`,
    ...sourceLines(plan),
    ...blank,
    ...(plan.tags === "list" ? [] : numbered.flatMap((patch) => tagLines(plan, patch))),
    ...blank,
    `${label(plan, "BuildRequires")}gcc`,
    ...blank,
    ...(plan.tags === "list" ? ["%patchlist", ...numbered.flatMap((patch) => listLines(patch)), ""] : []),
    "%description",
    plan.latin ? "Caf\xe9." : "Coffee.",
    "",
    "%prep",
    ...prepLines(plan, numbered),
    "",
    "%changelog",
    `* Tue Nov 14 2023 Ada Lovelace <ada@example.org> - 1.0-${release}`,
    "- First",
  ];
  return lines.join(plan.lineEnd) + (plan.finalLineEnd ? plan.lineEnd : "");
}

interface Numbered extends NamedPatch {
  readonly number: number;
}

function numberAll({ tags, start }: SpecPlan, patches: readonly NamedPatch[]): Numbered[] {
  let next = tags === "numbered" ? start : 0;
  return patches.map((patch) => {
    const number = tags === "numbered" ? next + patch.tag.gap : next;
    next = number + 1;
    return { ...patch, number };
  });
}

function label({ gap }: SpecPlan, name: string): string {
  return gap === "column" ? `${name}:`.padEnd(16) : `${name}:${gap}`;
}

function sourceLines(plan: SpecPlan): string[] {
  const archive = "hello-%{version}.tar.gz";
  if (plan.sources === "Source") return [`${label(plan, "Source")}https://example.org/${archive}`];
  const first = `${label(plan, "Source0")}${archive}`;
  const second = `${label(plan, "Source1")}hello.conf`;
  if (plan.sources === "Source0") return [first];
  return plan.sources === "Source0, Source1" ? [first, second] : [first, "%if 0", second, "%endif"];
}

function tagLines(plan: SpecPlan, { file, number, tag }: Numbered): string[] {
  const digits = plan.tags === "numbered" ? String(number).padStart(plan.digits, "0") : "";
  const macro = `fix${number}`;
  const value = tag.place === "%global" ? `%{${macro}}.patch` : valueOf(file, tag);
  const lines = [...comments(tag), `${label(plan, `Patch${digits}`)}${value}`];
  if (tag.place === "%if") return ["%if 1", ...lines, "%endif"];
  if (tag.place === "%else") return ["%if 0", "%global nothing 1", "%else", ...lines, "%endif"];
  if (tag.place === "%global") return [`%global ${macro} ${bytesOf(file.replace(/\.patch$/, ""))}`, ...lines];
  return tag.place === "blank line" ? ["", ...lines] : lines;
}

function listLines({ file, tag }: Numbered): string[] {
  return [...comments(tag), valueOf(file, tag)];
}

function comments({ comments: count }: TagPlan): string[] {
  return ["# Bug 1: still open", "#  sent upstream"].slice(0, count);
}

function valueOf(file: string, { value }: TagPlan): string {
  const name = bytesOf(file);
  if (value === "address") return `https://example.org/%{name}/${name}`;
  return value === "macro" ? name.replace("hello", "%{name}") : name;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function prepLines(plan: SpecPlan, patches: readonly Numbered[]): string[] {
  const { prep, strip } = plan;
  if (prep === "%autosetup" || prep === "%autosetup -S git_am") return [`${prep} -p${strip}`];
  if (prep === "%autopatch") return ["%autosetup -N", "touch configure", `%autopatch -p${strip}`];
  if (prep === "loop") return ["%setup -q", "for p in %{patches}; do", `  patch -p${strip} -s < $p`, "done"];
  if (prep === "ranges") {
    const middle = patches[Math.floor(patches.length / 2)]?.number ?? 0;
    return ["%setup -q", `%autopatch -p${strip} -M ${middle}`, `%autopatch -p${strip} -m ${middle + 1}`];
  }
  return ["%setup -q", ...patches.flatMap((patch) => useLines(prep, patch))];
}

function useLines(prep: PrepWay, { number, strip, tag }: Numbered): string[] {
  const forms: Partial<Record<PrepWay, string>> = {
    "%patch -P N": `%patch -P ${number} -p${strip}`,
    "%patch -PN": `%patch -PN${number} -p${strip}`.replace("-PN", "-P"),
    "%patchN": `%patch${number} -p${strip}`,
    "%patchN -b": `%patch${number} -p${strip} -b .fix${number}`,
  };
  const line = forms[prep] ?? "";
  return tag.place === "%if" ? ["%if 1", line, "%endif"] : [line];
}
