import { expect, test } from "vitest";
import { rememberingTokenizer } from "./remembering-tokenizer.ts";

test("the last texts are encoded once, with and without special tokens apart", () => {
  const asked: string[] = [];
  const tokenizer = rememberingTokenizer({
    bosTokenId: 1,
    eosTokenId: 2,
    bosToken: "<s>",
    encode: (text, { addSpecialTokens = true } = {}) => {
      asked.push(`${text} ${addSpecialTokens}`);
      return [addSpecialTokens ? 1 : 0, text.length];
    },
  });
  expect(tokenizer.encode("context")).toEqual([1, 7]);
  for (const letter of ["A", "B", "C", "D"]) {
    tokenizer.encode(`context ${letter}`);
    expect(tokenizer.encode("context")).toEqual([1, 7]);
  }
  expect(tokenizer.encode("context", { addSpecialTokens: false })).toEqual([0, 7]);
  expect(asked).toEqual([
    "context true",
    "context A true",
    "context B true",
    "context C true",
    "context D true",
    "context false",
  ]);
  for (let i = 0; i < 20; i++) tokenizer.encode(`other ${i}`);
  tokenizer.encode("context");
  expect(asked.at(-1)).toBe("context true");
});
