import type { Recipe } from "../recipe.ts";

const folder = "packages/helium/src/families";

/** Llama under another name. */
export const family: Recipe = {
  heading: "Add a family",
  adds: {
    [`${folder}/toy.ts`]: {
      of: `${folder}/llama.ts`,
      replace: [
        ["llama", "toy"],
        ["Llama", "Toy"],
      ],
    },
  },
  edits: {
    [`${folder}/index.ts`]: [
      { before: "/** The built-in families", text: 'import { toy } from "./toy.ts";' },
      { before: "} as const satisfies Readonly<Record<string, FamilyDefinition>>", text: "  toy," },
    ],
  },
  test: `import { expect, test } from "vitest";
import { runFamily } from "@helium-lm/helium/testing";

test("the suite runs on the toy", async () => {
  const outcomes = await runFamily("toy", { runs: 1 });
  expect(outcomes.length).toBeGreaterThan(5);
  expect(outcomes.filter(({ status }) => status !== "passed")).toEqual([]);
});
`,
};
