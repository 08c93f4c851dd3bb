import type { Recipe } from "../recipe.ts";

const folder = "packages/tensor/src";

/** The blocks of q8_0 under another name. */
export const format: Recipe = {
  heading: "Add a quant format",
  adds: {
    [`${folder}/quant/formats/toy.ts`]: {
      of: `${folder}/quant/formats/q8-0.ts`,
      replace: [
        ["q8_0", "toy"],
        ["ggmlType: 8", "ggmlType: 99"],
      ],
    },
  },
  edits: {
    [`${folder}/quant/formats/index.ts`]: [
      { before: "/** The block formats by", text: 'import { toy } from "./toy.ts";\n' },
      { in: "const layouts = {", replace: "iq4_xs }", text: "iq4_xs, toy }" },
    ],
    [`${folder}/conformance/formulas/quant-formulas.ts`]: [
      {
        before: "  q4_0: { weights: 32, bytes: 18",
        text: "  toy: { weights: 32, bytes: 34, scales: [0], weight: (b, i) => scaled(f16(b, 0), signed(b[2 + i])) },",
      },
    ],
    [`${folder}/backends/wasm/quant-layout.ts`]: [
      { before: "  q8_0: { code: 4", text: "  toy: { code: 4, blockBytes: 272, activation: 16 }," },
    ],
    [`${folder}/backends/webgpu/wgsl/block-formats.ts`]: [
      {
        before: "  q8_0: blockFormat({",
        text: `  toy: blockFormat({
    planes: [plane(2, 32), plane(0, 2)],
    hasMins: false,
    scales: oneScale(1),
    levels: (unit, part, reads) => wgsl\`
  \${twoWords(["first", "second"], 0, \`2u * \${unit}\`, part, reads)}
  \${levels(wgsl\`\${signedBytes}(first)\`, wgsl\`\${signedBytes}(second)\`)}\`,
  }),`,
      },
    ],
  },
  test: `import { expect, test } from "vitest";
import { runConformance } from "@helium-lm/tensor/conformance/run-conformance";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";

test.each([
  ["reference", createReferenceBackend],
  ["cpu", createCpuBackend],
] as const)("the suite runs on the toy: %s", async (name, create) => {
  const only = { op: "gatherQuant", format: "toy" } as const;
  const { report } = await runConformance({ name, create, runs: 1, only });
  expect(report).toMatchObject({ failed: 0 });
  expect(report.passed).toBeGreaterThan(3);
});
`,
};
