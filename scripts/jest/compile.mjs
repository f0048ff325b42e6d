// Compiles what tests load, so that the processes that run them need no compiler, and stay small.
import { join } from "node:path";
import { filesUnder, root } from "../install.mjs";
import { compile } from "./typescript.cjs";

const files = ["src", "migrations", "test"].flatMap((folder) => filesUnder(join(root, folder)));
for (const file of files) if (file.endsWith(".ts")) compile(file);
