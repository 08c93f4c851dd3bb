import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { EngineScorer, EvalError } from "@helium-lm/eval";

const folder = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));
const context = "Um das System zu installieren,";

let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  backend = await createBackend("wasm", { threads: 1 });
  model = await AutoModelForCausalLM.fromPretrained(folder, { backend });
  tokenizer = await AutoTokenizer.fromPretrained(folder);
});
afterAll(() => {
  model.dispose();
  backend.dispose();
});

/** The tokenizer with another end of texts. */
const endingWith = (eosTokenId: number): Tokenizer =>
  ({
    bosTokenId: tokenizer.bosTokenId,
    bosToken: tokenizer.bosToken,
    eosTokenId,
    encode: tokenizer.encode.bind(tokenizer),
    decode: tokenizer.decode.bind(tokenizer),
  }) as unknown as Tokenizer;

test("what it writes is the greedy text up to a stop string, the end of the text or the last token", async () => {
  const inputIds = tokenizer.encode(context);
  const { sequences } = await model.generate({ inputIds: [inputIds], maxNewTokens: 8, eosTokenId: [] });
  const ids = sequences[0]?.slice(inputIds.length) ?? [];
  const textOf = (count: number): string =>
    tokenizer.decode([...inputIds, ...ids.slice(0, count)], { skipSpecialTokens: true }).slice(context.length);
  const write = async (from: Tokenizer, until: readonly string[]): Promise<string | undefined> => {
    using scorer = new EngineScorer({ model, tokenizer: from, kvDType: "f16" });
    return (await scorer.generateUntil([{ context, until, maxNewTokens: 8 }]))[0];
  };
  expect(await write(tokenizer, [])).toBe(textOf(8));
  expect(await write(endingWith(ids[3] ?? -1), [])).toContain(textOf(3));
  expect((await write(endingWith(ids[3] ?? -1), []))?.length).toBeLessThan(textOf(8).length);
  const stop = textOf(8).slice(6, 9);
  expect(await write(tokenizer, [stop])).toBe(textOf(8).slice(0, textOf(8).indexOf(stop)));
});

test("a context that is too long loses its start, and a continuation never does", async () => {
  using short = new EngineScorer({ model, tokenizer, maxLength: 16 });
  using long = new EngineScorer({ model, tokenizer });
  const ids = tokenizer.encode(context.repeat(5));
  const continuation = " brauchen";
  const [cut] = await short.loglikelihood([{ context: context.repeat(5), continuation }]);
  const ending = tokenizer.encode(context.repeat(5) + continuation).slice(ids.length);
  using engine = model.engine({ kvDType: "f32" });
  const inputIds = ids.slice(-(17 - ending.length));
  const [expected] = await model.scoreContinuations({ inputIds, continuations: [ending], engine });
  expect(cut?.logprob).toBeCloseTo(expected?.logprob ?? NaN, 4);
  expect(cut?.logprob).not.toBe((await long.loglikelihood([{ context: context.repeat(5), continuation }]))[0]?.logprob);
  await expect(short.loglikelihood([{ context, continuation: context.repeat(9) }])).rejects.toThrow(EvalError);
  await expect(short.generateUntil([{ context, until: [], maxNewTokens: 16 }])).rejects.toThrow("leaves no room");
  expect(() => new EngineScorer({ model, tokenizer, maxLength: 9999 })).toThrow("expected 1 to the 1024 positions");
});

test("a text in windows is the sum of its windows, each token scored once", async () => {
  const text = context.repeat(4);
  using whole = new EngineScorer({ model, tokenizer });
  const [all] = await whole.rollingLoglikelihood([{ text }]);
  const ids = tokenizer.encode(text);
  using engine = model.engine({ kvDType: "f32" });
  const scores = await model.scoreTokens({ inputIds: ids, engine });
  expect(all?.tokens).toBe(ids.length - 1);
  expect(all?.logprob).toBeCloseTo(
    scores.reduce((sum, { logprob }) => sum + logprob, 0),
    3,
  );
  using windows = new EngineScorer({ model, tokenizer, maxLength: 10 });
  const [parts] = await windows.rollingLoglikelihood([{ text }]);
  expect(parts?.tokens).toBe(all?.tokens);
  expect(parts?.logprob).toBeLessThan(all?.logprob ?? NaN);
  using compatible = new EngineScorer({ model, tokenizer, scoresBos: true });
  const [withBos] = await compatible.rollingLoglikelihood([{ text }]);
  expect(withBos?.tokens).toBe(ids.length);
});
