import js from "@eslint/js";
import tseslint from "typescript-eslint";

const noReExports = [
  { selector: "ExportAllDeclaration", message: "No barrels: import from the file that defines it." },
  {
    selector: "ExportNamedDeclaration[source]",
    message: "No barrels: import from the file that defines it.",
  },
  { selector: "ExportDefaultDeclaration", message: "Named exports only." },
  { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
];
const noHiddenWorld = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: "Only config/environment reads process.env.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Take the clock as a parameter.",
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "Take the clock as a parameter.",
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: "Take randomness as a parameter.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "coverage/",
      "node_modules/",
      "test/fixtures/",
      "*.config.js",
      ".dependency-cruiser.cjs",
      "scripts/",
      "bin/",
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    // Not by the service that editors need: one program for all files is a tenth quicker.
    languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "max-params": "off",
      "@typescript-eslint/max-params": ["error", { max: 3 }],
      "no-restricted-syntax": ["error", ...noReExports, ...noHiddenWorld],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // There are none to assign to, as TSEnumDeclaration is refused above: a fifth of all the time was spent on finding that.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // The two places where the world comes in: the environment, and the clock and randomness of the program.
    files: ["src/config/environment.ts", "src/domain/clock.ts"],
    rules: { "no-restricted-syntax": ["error", ...noReExports] },
  },
  {
    // knex asks each migration for the functions `up` and `down`; a test is one long `describe`.
    files: ["test/**"],
    rules: {
      "max-lines-per-function": "off",
      "no-restricted-syntax": ["error", ...noReExports],
    },
  },
);
