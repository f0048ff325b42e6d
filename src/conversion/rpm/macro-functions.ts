type MacroFunction = (args: readonly string[]) => string | undefined;

/** rpm's functions of strings; `undefined` where the arguments are more than is understood. */
const functions: Readonly<Record<string, MacroFunction>> = {
  nil: () => "",
  lower: ([text = ""]) => text.toLowerCase(),
  upper: ([text = ""]) => text.toUpperCase(),
  basename: ([text = ""]) => text.slice(text.lastIndexOf("/") + 1),
  dirname: ([text = ""]) => (text.includes("/") ? text.slice(0, text.lastIndexOf("/")) : "."),
  suffix: ([text = ""]) => /\.([^.]*)$/.exec(text)?.[1] ?? "",
  len: ([text = ""]) => String(text.length),
  quote: ([text = ""]) => text,
  shrink: ([text = ""]) => text.trim().replace(/\s+/g, " "),
  url2path: ([text = ""]) => text.replace(/^\w+:\/\/[^/]*/, ""),
  u2p: ([text = ""]) => text.replace(/^\w+:\/\/[^/]*/, ""),
  rep: ([text = "", times = ""]) => repeat(text, times),
  sub: ([text = "", from = "", to = ""]) => sub(text, from, to),
  gsub: ([text = "", pattern = "", replacement = ""]) => gsub(text, pattern, replacement),
  echo: () => "",
  warn: () => "",
  error: () => "",
  trace: () => "",
  dump: () => "",
};

export function functionNamed(name: string): MacroFunction | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

function repeat(text: string, times: string): string | undefined {
  const count = Number(times);
  return /^\d+$/.test(times) && count * text.length <= 65_536 ? text.repeat(count) : undefined;
}

/** Lua's `string.sub`: counted from 1, from the end where negative, both ends included. */
function sub(text: string, from: string, to: string): string | undefined {
  if (!/^-?\d+$/.test(from) || !/^(?:-?\d+)?$/.test(to)) return undefined;
  const place = (digits: string) => (Number(digits) < 0 ? text.length + Number(digits) + 1 : Number(digits));
  return text.slice(Math.max(place(from), 1) - 1, Math.max(to === "" ? text.length : place(to), 0));
}

/** Lua's `string.gsub` with a pattern of single characters only: `.`, `%.`, `[.]`, `-` and letters, digits, `_`. */
function gsub(text: string, pattern: string, replacement: string): string | undefined {
  const parts = pattern.match(/%[^\w]|\[[^\]^%]\]|[\w~ ,:;/]|\./g) ?? [];
  if (parts.join("") !== pattern || parts.length === 0 || replacement.includes("%")) return undefined;
  const expression = parts.map((part) => {
    if (part === ".") return "[^]";
    return (part.length > 1 ? (part[1] ?? "") : part).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return text.replace(new RegExp(expression.join(""), "g"), () => replacement);
}
