import type { Forge } from "../../../../src/forges/forge.js";
import { type ActingForge, ForgeRegistry as Registry } from "../../../../src/forges/registry.js";
import { inVerb } from "../witness.js";

/** The same forges, which say by which of their verbs something is done. */
export class ForgeRegistry extends Registry {
  constructor(forges: readonly ActingForge[], ...rest: Rest) {
    super(
      forges.map((acting) => ({ ...acting, forge: named<Forge>(acting.forge, "") })),
      ...rest,
    );
  }
}

type Rest = ConstructorParameters<typeof Registry> extends [unknown, ...infer Others] ? Others : never;

function named<T extends object>(target: T, before: string): T {
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target, key, target);
      const name = `${before}${String(key)}`;
      if (typeof value === "function")
        return (...args: unknown[]) => inVerb(name, () => Reflect.apply(value, target, args) as unknown);
      const isPart = ["checkRuns", "lostDeliveries", "testMerges", "hooks", "groups"].includes(name);
      return isPart && typeof value === "object" && value !== null ? named(value, `${name}.`) : value;
    },
  });
}
