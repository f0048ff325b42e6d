/** A macro as a spec defines it; `parameters` are its options as getopt has them, where it takes arguments. */
export interface Macro {
  readonly body: string;
  readonly parameters?: string | undefined;
}

/** A branch of an `%if` that cannot be decided, by the line that opens the branch and that of the `%if` itself. */
export interface Branch {
  readonly line: number;
  readonly block: number;
}

/** What is known of a name: its macro, that there is none, or that it hangs on something that cannot be decided. */
export type Lookup = Macro | "none" | "undecided";

interface Entry {
  readonly macro: Macro | undefined;
  readonly branch: Branch | undefined;
}

/** Names that a distribution, a machine or a caller of rpm gives values to; a spec alone does not tell them. */
const foreign =
  /^(?:rhel|fedora|centos(?:_ver)?|eln|epel|el\d+|azl|mariner\w*|amzn|dist|distro\w*|disttag|distprefix|suse_version|sle_version|is_opensuse|leap_version|openEuler|openeuler|mageia|mdkversion|photon\w*|vendor|packager|anolis|alinux|openela|almalinux|rocky|ol\d*|flatpak|bootstrap|optflags|build_\w+|nodejs_arches|\w+_arches|ix86|arm|arm32|arm64|x86_64\w*|power64|mips\w*|sparc\w*|alpha|ppc\w*|riscv\w*|s390\w*|aarch64|_(?!with_|without_).*)$/;

/** Whether a name that a spec does not define may be defined all the same where the spec is built. */
function isForeign(name: string): boolean {
  return foreign.test(name);
}

/** The macros as they are at one place of a spec; a definition hides the earlier one, as in rpm. */
export class MacroTable {
  readonly #stacks = new Map<string, Entry[]>();
  /** The branches, outermost first, in which the place stands and of which nobody knows whether they count. */
  branches: readonly Branch[] = [];

  define(name: string, macro: Macro): void {
    const known = this.find(name);
    const same =
      typeof known === "object" && known.body === macro.body && known.parameters === macro.parameters;
    if (!same) this.#push(name, macro);
  }

  /** Defines a name by something that may or may not come to pass. */
  defineMaybe(name: string): void {
    this.#push(name, { body: "" }, { line: -1, block: -1 });
  }

  /** Uncovers the definition before it. */
  undefine(name: string): void {
    const stack = this.#stacks.get(name) ?? [];
    if (this.branches.length > 0 && stack.length > 0) this.#push(name, undefined);
    else stack.pop();
  }

  find(name: string): Lookup {
    for (const { macro, branch } of [...(this.#stacks.get(name) ?? [])].reverse()) {
      if (branch === undefined || this.branches.some(({ line }) => line === branch.line)) {
        return macro ?? "none";
      }
      // What another branch of the same %if defines does not count here.
      const elsewhere = this.branches.some(
        ({ block, line }) => block === branch.block && line !== branch.line,
      );
      if (!elsewhere) return "undecided";
    }
    return isForeign(name) ? "undecided" : "none";
  }

  #push(name: string, macro: Macro | undefined, branch = this.branches.at(-1)): void {
    const stack = this.#stacks.get(name);
    if (stack === undefined) this.#stacks.set(name, [{ macro, branch }]);
    else stack.push({ macro, branch });
  }
}
