/** A check of one value: what is wrong with it, each with the place where. */
export type Check = (value: unknown, where: string) => readonly string[];

/** The named types of the contract. */
export type Named = (name: string) => Check | undefined;

/** The contract's notation of a type: `integer`, `string(date-time)`, `array<Diff>`, `integer|string`, `object{key:string!}`. */
export type TypeNotation = string | { readonly type: string; readonly enum?: readonly unknown[] };

const any: Check = () => [];

export function checkOf(notation: TypeNotation, named: Named): Check {
  if (typeof notation === "string") return parsed(withoutRemark(notation), named);
  const { type, enum: allowed } = notation;
  if (allowed === undefined) return parsed(withoutRemark(type), named);
  return (value, where) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isAllowed = values.every((one) => one === null || allowed.includes(one));
    return isAllowed ? [] : [`${where} may not be ${JSON.stringify(value)}`];
  };
}

/** `Note (declared as a single object; a list)` is a Note. */
export function withoutRemark(notation: string): string {
  return notation.replace(/\s\(.*\)$/s, "");
}

function parsed(notation: string, named: Named): Check {
  const choices = split(notation, "|");
  if (choices.length > 1) return oneOf(choices.map((choice) => parsed(choice, named)));
  const list = /^array<(.*)>$/s.exec(notation)?.[1];
  if (list !== undefined) return listOf(parsed(list, named));
  const fields = /^\w+\{(.*)\}$/s.exec(notation)?.[1];
  if (fields !== undefined) return fieldsOf(fields, named);
  return primitives[notation] ?? named(notation) ?? any;
}

const primitives: Readonly<Record<string, Check>> = {
  integer: kind("an integer", (value) => Number.isSafeInteger(value)),
  number: kind("a number", (value) => typeof value === "number"),
  boolean: kind("a boolean", (value) => typeof value === "boolean"),
  string: kind("a string", (value) => typeof value === "string"),
  "string(date-time)": kind(
    "an instant",
    (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  ),
  array: kind("a list", (value) => Array.isArray(value)),
  object: kind("an object", (value) => isRecord(value)),
};

function kind(what: string, fits: (value: unknown) => boolean): Check {
  return (value, where) =>
    value === null || fits(value) ? [] : [`${where} is not ${what}: ${JSON.stringify(value)}`];
}

function oneOf(checks: readonly Check[]): Check {
  return (value, where) => {
    const found = checks.map((check) => check(value, where));
    return found.some((violations) => violations.length === 0) ? [] : found.flat();
  };
}

function listOf(entry: Check): Check {
  return (value, where) => {
    if (value === null) return [];
    if (!Array.isArray(value)) return [`${where} is not a list: ${JSON.stringify(value)}`];
    return value.flatMap((one, index) => entry(one, `${where}[${index}]`));
  };
}

/** `key:string!,value:string`: `!` means that it must be there; without a type it may be anything. */
function fieldsOf(notation: string, named: Named): Check {
  const fields = split(notation, ",").map((field) => {
    const [name = "", type = ""] = field.split(/:(.*)/s).map((part) => part.trim());
    return { name, required: type.endsWith("!"), check: parsed(type.replace(/!$/, ""), named) };
  });
  return (value, where) => {
    if (value === null) return [];
    if (!isRecord(value)) return [`${where} is not an object: ${JSON.stringify(value)}`];
    const unknown = Object.keys(value).filter((key) => !fields.some(({ name }) => name === key));
    return [
      ...unknown.map((key) => `${where}.${key} is unknown`),
      ...fields.flatMap(({ name, required, check }) => {
        if (name in value) return check(value[name], `${where}.${name}`);
        return required ? [`${where}.${name} is missing`] : [];
      }),
    ];
  };
}

/** Splits where no bracket is open. */
function split(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if ("<{(".includes(letter)) depth++;
    if (">})".includes(letter)) depth--;
    if (letter === separator && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${letter}`);
  }
  return parts.map((part) => part.trim());
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
