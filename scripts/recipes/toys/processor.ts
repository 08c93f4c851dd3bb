import type { Recipe } from "../recipe.ts";

const folder = "packages/helium/src/generation/processors";

/** Forbids one token. */
export const processor: Recipe = {
  heading: "Add a logits processor",
  adds: {
    [`${folder}/toy.ts`]: `import { aNumber, type ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

export interface ToyOption {
  /** Token that is never chosen. */
  readonly toyForbidden?: number | null;
}

export const toyDefinition: ProcessorDefinition<ToyOption, number | null> = {
  option: "toyForbidden",
  default: null,
  check: aNumber("a token id", (value) => Number.isInteger(value) && value >= 0),
  make: (token) => toy(token),
};

export function toy(token: number): LogitsProcessor {
  return perRow("toyForbidden", (scores) => {
    scores[token] = -Infinity;
  });
}
`,
  },
  edits: {
    [`${folder}/index.ts`]: [
      { before: 'from "./top-h.ts"', text: 'import { toyDefinition } from "./toy.ts";' },
      { before: "    prefixAllowedTokensDefinition,", text: "    toyDefinition," },
    ],
  },
  test: `import { expect, test } from "vitest";
import { AutoModelForCausalLM } from "@helium-lm/helium";

test("the toy's option is one of generate", async () => {
  using model = await AutoModelForCausalLM.fromPretrained("models/helium-nano", { backend: "cpu" });
  const call = async (options: object) => (await model.generate({ inputIds: [[1, 588]], maxNewTokens: 1, ...options })).sequences;
  const [[, , likeliest = 0] = []] = await call({});
  const [[, , other] = []] = await call({ toyForbidden: likeliest });
  expect(other).not.toBe(likeliest);
  await expect(call({ toyForbidden: -1 })).rejects.toThrow("toyForbidden");
});
`,
};
