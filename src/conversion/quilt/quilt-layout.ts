import type { Layout } from "../layout.js";
import { distToSource } from "./dist-to-source.js";
import { inspectQuilt } from "./inspect.js";
import { sourceToDist } from "./source-to-dist.js";
import { startQuilt } from "./start.js";

/** Debian's way: `debian/` beside upstream's files or alone, changes as a series of patches in `debian/patches`. */
export const quiltLayout: Layout = {
  name: "quilt",
  sourceToDist,
  distToSource,
  start: startQuilt,
  inspect: inspectQuilt,
};
