import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  createEngineWorker,
  type ModelForCausalLM,
  type Tokenizer,
} from "@helium-lm/helium";
import { beginnings, converse, followUp, type Conversation } from "./ten-conversations.ts";

const folder = fileURLToPath(new URL("../../../models/helium-nano", import.meta.url));
const NEW_TOKENS = 12;

describe("ten conversations at once", () => {
  let model: ModelForCausalLM;
  let tokenizer: Tokenizer;
  let here: readonly Conversation[];
  const pieces = beginnings.map(() => 0);
  beforeAll(async () => {
    model = await AutoModelForCausalLM.fromPretrained(folder, { backend: "wasm", threads: 1, kvDType: "f32" });
    tokenizer = await AutoTokenizer.fromPretrained(folder);
    using engine = model.engine({ maxTokens: 8192, budget: 64 });
    const count = (conversation: number): void => void (pieces[conversation] = (pieces[conversation] ?? 0) + 1);
    here = await converse(engine, tokenizer, count, NEW_TOKENS);
    // Far fewer passes than the steps of 20 turns.
    expect(engine.stats.passes).toBeLessThan(10 * NEW_TOKENS);
  });
  afterAll(() => model.dispose());

  test("write what generate writes alone, token by token", async () => {
    expect(pieces).toEqual(beginnings.map(() => 2 * NEW_TOKENS));
    for (const n of [0, 4, 9]) {
      const ask = async (ids: number[]): Promise<number[]> =>
        (await model.generate({ inputIds: [ids], maxNewTokens: NEW_TOKENS })).sequences[0] ?? [];
      const first = await ask(tokenizer.encode(beginnings[n] ?? ""));
      const second = await ask([...first, ...tokenizer.encode(followUp, { addSpecialTokens: false })]);
      expect(here[n]?.text).toBe(tokenizer.decode(second, { skipSpecialTokens: true }));
    }
  });

  test("say what each turn has cost", () => {
    for (const { turns } of here)
      for (const { promptTokens, reusedTokens, computedTokens, newTokens } of turns)
        expect(computedTokens).toBe(promptTokens - reusedTokens + newTokens - 1);
  });

  test("are the same in a worker", async () => {
    using worker = await createEngineWorker(folder, { backend: "wasm", threads: 1, kvDType: "f32" });
    const there = await converse(worker, tokenizer, undefined, NEW_TOKENS);
    expect(there.map(({ text }) => text)).toEqual(here.map(({ text }) => text));
  });
});
