import { expect, test } from "vitest";
import type { DecoderConfig } from "../config/index.ts";
import { filesSource } from "../sources/files-source.ts";
import { generationConfigOf } from "./read-generation-config.ts";

/** What config.json says. */
const config = {
  generationDefaults: { temperature: 0.5 },
  ...{ bosTokenId: 1, eosTokenId: [2, 3], padTokenId: 4 },
} as unknown as DecoderConfig;

const read = (text: string | null): ReturnType<typeof generationConfigOf> =>
  generationConfigOf(filesSource(text === null ? {} : { "generation_config.json": new Blob([text]) }), () => config);

test("without a generation_config.json, config.json says the special tokens and the options", async () => {
  expect(await read(null)).toEqual({ temperature: 0.5, bosTokenId: 1, eosTokenId: [2, 3], padTokenId: 4 });
});

test("generation_config.json stands alone where it is there, its keys in camel case", async () => {
  expect(await read('{"eos_token_id": 7, "top_k": 5}')).toEqual({ eosTokenId: 7, topK: 5 });
});

test.each([
  ["{", "is not valid JSON"],
  ["[]", "is not a JSON object"],
])("%s is refused", async (text, problem) => {
  await expect(read(text)).rejects.toThrow(`files/generation_config.json: ${problem}`);
});
