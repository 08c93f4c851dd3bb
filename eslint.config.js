import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const drawing = 'CallExpression[callee.object.name="fc"][callee.property.name=/^(assert|check|sample)$/]';
const unseeded = "Draws have a fixed seed: no test is red by chance.";

/** Draws of fast-check whose parameters are missing, a number, or an object without a seed. */
const seededDraws = [
  `${drawing}[arguments.length=1]`,
  `${drawing} > Literal.arguments`,
  `${drawing} > ObjectExpression.arguments:not(:has(> Property[key.name="seed"], > SpreadElement))`,
].map((selector) => ({ selector, message: unseeded }));

/** Forbids imports by path pattern, with the rule of the architecture as the message. */
const noImport = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map(([group, message]) => ({ group, message })) }],
});

const upward = "dependencies point one way: cli → helium → nn → tensor";
const byName = [["**/packages/*"], "packages import each other by name"];
const families = [
  ["**/families/*", "!**/families/index.ts"],
  "a family is data: shared code reads the config, never a family's file",
];

export default defineConfig(
  globalIgnores([
    "**/dist/",
    "packages/tensor/src/backends/wasm/assembly/",
    "packages/tensor/src/backends/wasm/binaries/",
    "packages/tensor/src/quant/parallel/generated/",
    "**/.cache/",
    "**/coverage/",
    ".ci/out/",
    "fixtures/",
    "models/",
  ]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "no-restricted-syntax": ["error", ...seededDraws],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Use the seeded generator: every result is reproducible." },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" },
      ],
      // `current = this` is how a scope becomes the current one; arrow functions leave no other use for an alias.
      "@typescript-eslint/no-this-alias": "off",
      // An interface may be async where one of its implementations does not need to wait.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    // `table[i]!` in a kernel's inner loop states a bound that the loop has checked once.
    files: ["packages/tensor/src/backends/*/kernels/**/*.ts", "packages/tensor/src/quant/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["**/*.test.ts", "**/test/**/*.ts", "testing/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["packages/tensor/**/*.ts"],
    ignores: ["packages/tensor/src/backends/*/**"],
    rules: noImport(
      [["@helium-lm/nn", "@helium-lm/nn/**", "@helium-lm/helium", "@helium-lm/helium/**"], upward],
      byName,
    ),
  },
  {
    files: ["packages/tensor/src/backends/*/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: noImport(
      [["@helium-lm/*", "@helium-lm/*/**"], upward],
      [
        ["**/ops/**", "**/tensor.ts"],
        "a backend imports the backend contract, layout, dtype and quant; nothing from ops or tensor",
      ],
    ),
  },
  {
    files: ["packages/nn/**/*.ts"],
    rules: noImport([["@helium-lm/helium", "@helium-lm/helium/**"], upward], byName),
  },
  {
    files: ["packages/helium/**/*.ts"],
    ignores: ["packages/helium/src/families/**"],
    rules: noImport(families, byName, [
      ["helium-lm", "helium-lm/**", "@helium-lm/eval", "@helium-lm/eval/**", "@helium-lm/serve", "@helium-lm/serve/**"],
      upward,
    ]),
  },
  {
    files: ["packages/eval/**/*.ts"],
    rules: noImport(byName, [["helium-lm", "helium-lm/**", "@helium-lm/serve", "@helium-lm/serve/**"], upward]),
  },
  {
    files: ["packages/serve/**/*.ts"],
    rules: noImport(byName, [["helium-lm", "helium-lm/**", "@helium-lm/eval", "@helium-lm/eval/**"], upward]),
  },
  {
    files: ["packages/cli/**/*.ts"],
    rules: noImport(byName),
  },
);
