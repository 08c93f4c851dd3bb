import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { markovModel } from "../../../test/helpers/markov-model.ts";
import { generate } from "../generate.ts";

test("the first new token is the one behind a forced bos, where there is one", async () => {
  const backend = await createBackend("cpu");
  const next = Array.from({ length: 6 }, (_, a) => Array.from({ length: 6 }, (_, b) => (b === (a + 1) % 6 ? 9 : 0)));
  const written = async (inputIds: number[][], forcedBosTokenId: number | null): Promise<readonly number[]> => {
    const options = { inputIds, maxNewTokens: 2, beginSuppressTokens: [4], forcedBosTokenId };
    return (await generate(markovModel(backend, next), options)).sequences[0] ?? [];
  };
  expect(await written([[1]], 3)).toEqual([1, 3, 0]);
  expect(await written([[1, 3]], 3)).toEqual([1, 3, 0, 1]);
  expect(await written([[3]], null)).toEqual([3, 0, 1]);
  expect(await written([[2]], null)).toEqual([2, 3, 4]);
});
