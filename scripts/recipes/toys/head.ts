import type { Recipe } from "../recipe.ts";

const folder = "packages/helium/src";

/** The token classifier under another name. */
export const head: Recipe = {
  heading: "Add a head",
  adds: {
    [`${folder}/heads/toy.ts`]: {
      of: `${folder}/heads/token-classification.ts`,
      replace: [
        ["ModelForTokenClassification", "ModelForToy"],
        ["TokenClassificationInputs", "ToyInputs"],
        ["tokenClassificationHead", "toyHead"],
        ['"ForTokenClassification"', '"ForToy"'],
        ['"token-classification"', '"toy"'],
      ],
    },
  },
  edits: {
    [`${folder}/heads/index.ts`]: [
      { before: "/** The head table", text: 'import { toyHead } from "./toy.ts";\n' },
      { before: '  "token-classification": tokenClassificationHead,', text: "  toy: toyHead," },
      {
        before: "export { ModelForTokenClassification",
        text: 'export { ModelForToy, type ToyInputs } from "./toy.ts";',
      },
    ],
  },
  test: `import { expect, test } from "vitest";
import { loadModel } from "@helium-lm/helium";

test("the toy loads and computes", async () => {
  using model = await loadModel("toy", "models/helium-nano-codeswitch", { backend: "cpu" });
  using output = model.forward({ inputIds: [[1, 588]] });
  expect(output.logits.shape.slice(0, 2)).toEqual([1, 2]);
});
`,
};
