import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tokenizer } from "../../src/tokenizer/tokenizer.ts";

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8")) as unknown;

interface Components {
  models: Record<string, Record<string, unknown>>;
  texts: string[];
  tokenizers: {
    name: string;
    model: string;
    model_changes: Record<string, unknown>;
    tokenizer: Record<string, unknown>;
    cases: { ids: number[]; offsets: number[]; decoded: string; random_ids: number[]; random_decoded: string }[];
  }[];
}

/** Made by scripts/reference/make_tokenizer_cases.py with the tokenizers library; TOKENIZER_CASES names a larger set. */
const pinned = "packages/helium/test/fixtures/tokenizer-components.json";
const { models, texts, tokenizers } = read(process.env.TOKENIZER_CASES ?? pinned) as Components;
const unigram = (read("fixtures/tokenizer/tokenizer.json") as { model: Record<string, unknown> }).model;

describe("tokenizer components agree with the tokenizers library", () => {
  it.each(tokenizers.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const model = { ...(models[one.model] ?? unigram), ...one.model_changes };
    const tokenizer = Tokenizer.fromJSON({ ...one.tokenizer, model });
    const results = texts.map((text, index) => {
      const { inputIds, offsetsMapping } = tokenizer(text, { returnOffsetsMapping: true });
      const randomIds = one.cases[index]!.random_ids;
      return {
        ids: inputIds[0],
        offsets: offsetsMapping?.[0]?.flat(),
        decoded: tokenizer.decode(inputIds[0]!, { skipSpecialTokens: true }),
        random_ids: randomIds,
        random_decoded: tokenizer.decode(randomIds),
      };
    });
    expect(results).toEqual(one.cases);
  });
});
