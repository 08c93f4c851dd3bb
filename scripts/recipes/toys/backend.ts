import type { Recipe } from "../recipe.ts";

const folder = "packages/tensor/src";

/** The cpu backend under another name. */
export const backend: Recipe = {
  heading: "Add a backend",
  adds: {
    [`${folder}/backends/toy/index.ts`]: {
      of: `${folder}/backends/cpu/index.ts`,
      replace: [
        ["createCpuBackend", "createToyBackend"],
        ['"cpu"', '"toy"'],
      ],
    },
  },
  edits: {
    [`${folder}/backends.ts`]: [
      {
        before: "  wasm: async (options)",
        text: '  toy: async () => (await import("./backends/toy/index.ts")).createToyBackend(),',
      },
    ],
    "packages/tensor/package.json": [
      {
        before: '"./backends/cpu": {',
        text: '    "./backends/toy": {\n      "import": {\n        "types": "./dist/backends/toy/index.d.ts",\n        "default": "./dist/backends/toy/index.js"\n      }\n    },',
      },
    ],
  },
  test: `import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { createToyBackend } from "@helium-lm/tensor/backends/toy";
import { runConformance } from "@helium-lm/tensor/conformance/run-conformance";

test("the toy is a backend by its name", async () => {
  const backend = await createBackend("toy");
  expect(backend.name).toBe("toy");
  backend.dispose();
});

test("the suite runs on the toy", async () => {
  const { report } = await runConformance({ name: "toy", create: createToyBackend, runs: 1, only: { op: "binary", dtype: "f32" } });
  expect(report).toMatchObject({ failed: 0 });
  expect(report.passed).toBeGreaterThan(3);
});
`,
};
