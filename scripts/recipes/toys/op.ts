import type { Recipe } from "../recipe.ts";

const folder = "packages/tensor/src";

/** Softmax under another name, with a kernel on one backend. */
export const op: Recipe = {
  heading: "Add an op",
  adds: {
    [`${folder}/ops/fused/toy.ts`]: {
      of: `${folder}/ops/fused/softmax.ts`,
      replace: [
        ["composeSoftmax", "composeToy"],
        ["softmax", "toy"],
      ],
    },
    [`${folder}/conformance/cases/fused/toy.ts`]: {
      of: `${folder}/conformance/cases/fused/softmax.ts`,
      replace: [
        ["Softmax", "Toy"],
        ["softmax", "toy"],
      ],
    },
  },
  edits: {
    [`${folder}/contract/kernels.ts`]: [
      {
        before: "  /** out = softmax over the last axis",
        text: "  /** out = softmax over the last axis, again */\n  toy: { inputs: { readonly x: Operand }; params: Record<never, never> };",
      },
    ],
    [`${folder}/ops/index.ts`]: [
      { before: '"./fused/softmax.ts"', text: 'export { composeToy, toy } from "./fused/toy.ts";' },
    ],
    [`${folder}/backends/reference/index.ts`]: [
      { before: 'from "./row-order.ts"', text: 'import { kernelEntry } from "../../contract/kernel-table.ts";' },
      {
        before: "...tableOf(rowKernels",
        text: '    toy: [kernelEntry<"toy">({ out: ["f32"], x: ["f32"] }, (out, inputs, params) => fusedKernels.softmax(out, inputs, params))],',
      },
    ],
  },
  writes: {
    [`${folder}/conformance/cases/index.ts`]: "scripts/tables/case-table.ts",
    "docs/ops.md": "scripts/tables/ops-table.ts",
    "docs/conformance.md": "scripts/conformance.ts --page",
  },
  keeps: ["packages/tensor/test/ops-page.test.ts", "packages/tensor/test/conformance/paths.test.ts", "scripts/tables/"],
  test: `import { expect, test } from "vitest";
import { runConformance } from "@helium-lm/tensor/conformance/run-conformance";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";

test.each([
  ["reference", createReferenceBackend, "kernel"],
  ["cpu", createCpuBackend, "composed"],
] as const)("the suite runs on the toy: %s", async (name, create, path) => {
  const { report } = await runConformance({ name, create, runs: 1, only: { op: "toy", dtype: "f32" } });
  expect(report).toMatchObject({ failed: 0 });
  expect(report.passed).toBeGreaterThan(3);
  expect(JSON.stringify(report)).toContain(path);
});
`,
};
