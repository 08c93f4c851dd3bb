import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArgumentError, DisposedError } from "@helium-lm/tensor";
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  CancelledError,
  compileGrammar,
  createEngineWorker,
  GenerationError,
  GrammarError,
  ModelLoadError,
  type EngineWorker,
  type GrammarSpec,
  type WorkerRequest,
} from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));
const { greedy } = JSON.parse(readFileSync(`${nano}/expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly input_ids: number[]; readonly sequence: number[] }[];
};

const caught = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

describe("an engine in a worker", () => {
  let worker: EngineWorker;
  const phases = new Set<string>();
  beforeAll(async () => {
    worker = await createEngineWorker(nano, {
      backend: "wasm",
      threads: 1,
      engine: { maxTokens: 8192 },
      onProgress: ({ phase }) => phases.add(phase),
    });
  });
  afterAll(() => worker.dispose());

  test("says what model it has, and how far loading is", () => {
    expect(worker.model).toMatchObject({ modelType: "helium", backend: "wasm" });
    expect(worker.model.maxPositionEmbeddings).toBeGreaterThan(64);
    expect([...phases]).toEqual(["load"]);
  });

  test("writes what transformers writes, several texts at once, token by token", async () => {
    const handles = greedy.map(({ input_ids: inputIds, sequence }) =>
      worker.submit({ inputIds, maxNewTokens: sequence.length - inputIds.length }),
    );
    for (const [n, { input_ids, sequence }] of greedy.entries()) {
      const ids: number[] = [];
      for await (const { id, index } of handles[n]!) {
        expect(index).toBe(ids.length);
        ids.push(id);
      }
      expect([...input_ids, ...ids]).toEqual(sequence);
      const { stats, ...result } = await handles[n]!.result;
      expect(result).toMatchObject({ ids, warnings: [] });
      expect(stats).toMatchObject({ promptTokens: input_ids.length, newTokens: ids.length });
    }
    expect(await worker.stats()).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
  });

  test("log-probabilities come with the tokens and in the result", async () => {
    const handle = worker.submit({ inputIds: greedy[0]!.input_ids, maxNewTokens: 5, logprobs: 2 });
    const told = [];
    for await (const { id, logprobs } of handle) {
      expect(logprobs).toEqual({ logprob: logprobs?.top[0]?.logprob, top: logprobs?.top });
      expect(logprobs?.top).toHaveLength(2);
      expect(logprobs?.top[0]?.id).toBe(id);
      told.push(logprobs);
    }
    expect((await handle.result).logprobs).toEqual(told);
    await expect(worker.submit({ inputIds: [1], logprobs: -1 }).result).rejects.toBeInstanceOf(GenerationError);
  });

  test("stop strings use the tokenizer that is with the model", async () => {
    const [{ input_ids: inputIds, sequence }] = greedy as [(typeof greedy)[number]];
    const tokenizer = await AutoTokenizer.fromPretrained(nano);
    const text = tokenizer.decode(sequence.slice(inputIds.length));
    const stop = text.trim().split(" ")[3]!;
    const { ids, finishReason } = await worker.submit({ inputIds, maxNewTokens: 32, stopStrings: stop }).result;
    expect(finishReason).toBe("stopStrings");
    expect(tokenizer.decode(ids)).toContain(stop);
  });

  test("a grammar crosses as data, and is compiled for the tokenizer that is with the model", async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(nano);
    const inputIds = tokenizer.encode("Is water wet?");
    const grammar = { choice: [" yes, of course", " no, never"] };
    const { ids, finishReason, stats } = await worker.submit({ inputIds, maxNewTokens: 32, grammar }).result;
    expect([" yes, of course", " no, never"]).toContain(
      tokenizer.decode([...inputIds, ...ids], { skipSpecialTokens: true }).slice("Is water wet?".length),
    );
    expect(finishReason).toBe("grammar");
    expect(stats.forcedTokens).toBeGreaterThan(0);
    const compiled = compileGrammar(grammar, tokenizer) as unknown as GrammarSpec;
    await expect(worker.submit({ inputIds, grammar: compiled }).result).rejects.toThrow(/compiled for this thread/);
    const fn = (() => [1]) as unknown as GrammarSpec;
    await expect(worker.submit({ inputIds, grammar: fn }).result).rejects.toThrow(/grammar: is a function/);
    const odd = { gbnf: "root ::= (" } as GrammarSpec;
    expect(await caught(worker.submit({ inputIds, grammar: odd }).result)).toBeInstanceOf(GrammarError);
  });

  test("errors come with their class and data; one request ends alone", async () => {
    const good = worker.submit({ inputIds: greedy[0]!.input_ids, maxNewTokens: 8 });
    const given = worker.model.vocabSize + 5;
    const refused = await caught(worker.submit({ inputIds: [1, given] }).result);
    expect(refused).toBeInstanceOf(GenerationError);
    expect(refused).toMatchObject({
      name: "GenerationError",
      subject: "inputIds",
      message: expect.stringMatching(/^inputIds: token \d+ at row 0, position 1 is outside the vocabulary/) as string,
      details: { given, position: 1 },
    });
    const { maxPositionEmbeddings } = worker.model;
    const long = await caught(worker.submit({ inputIds: [1], maxNewTokens: maxPositionEmbeddings }).result);
    expect(long).toMatchObject({ subject: "maxLength", details: { expected: maxPositionEmbeddings } });
    // A function cannot cross.
    const request = { inputIds: [1], logitsProcessors: [{ name: "own", process: () => undefined }] };
    expect(await caught(worker.submit(request as WorkerRequest).result)).toMatchObject({ name: "DataCloneError" });
    expect((await good.result).ids).toEqual(greedy[0]!.sequence.slice(greedy[0]!.input_ids.length).slice(0, 8));
  });

  test("cancel, a signal and a loop that is left early end requests, with the caller's own reason", async () => {
    // As long as the context takes: seconds of computing, so that none is over before it is cancelled.
    const long: WorkerRequest = { inputIds: [1, 2, 3], maxNewTokens: 1000, minNewTokens: 1000 };
    const controller = new AbortController();
    const [cancelled, given, aborted, left] = [
      worker.submit(long),
      worker.submit(long),
      worker.submit({ ...long, signal: controller.signal }),
      worker.submit(long),
    ];
    for await (const { index } of left) if (index === 2) break;
    const reason = new RangeError("the client went away");
    given.cancel(reason);
    cancelled.cancel();
    controller.abort(reason);
    expect(await caught(given.result)).toBe(reason);
    expect(await caught(aborted.result)).toBe(reason);
    expect(await caught(cancelled.result)).toBeInstanceOf(CancelledError);
    expect(await caught(left.result)).toBeInstanceOf(CancelledError);
    const others = [worker.submit(long), worker.submit(long)];
    worker.cancel(reason);
    for (const { result } of others) expect(await caught(result)).toBe(reason);
    expect(await worker.stats()).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
  });

  test("warnings of a request reach its caller", async () => {
    const warned: string[] = [];
    const request = { inputIds: [1], maxNewTokens: 1, temperature: 2, onWarning: (text: string) => warned.push(text) };
    expect((await worker.submit(request).result).warnings).toEqual(warned);
    expect(warned).toEqual([expect.stringMatching(/^temperature: has no effect without doSample/)]);
  });
});

test("the caller's event loop goes on while the worker computes one long pass", async () => {
  const inputIds = Array.from({ length: 128 }, (_, t) => 1 + ((t * 13) % 90));
  const engine = { budget: 512 };
  /** Timers that fire before the first token comes. */
  const ticksUntilFirst = async (tokens: AsyncIterable<unknown>): Promise<number> => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    try {
      for await (const _ of tokens) break;
      return ticks;
    } finally {
      clearInterval(timer);
    }
  };
  using worker = await createEngineWorker(nano, { backend: "cpu", engine });
  const besideWorker = await ticksUntilFirst(worker.submit({ inputIds, maxNewTokens: 1 }));
  using model = await AutoModelForCausalLM.fromPretrained(nano, { backend: "cpu" });
  using here = model.engine(engine);
  // Two passes: a pass of the same length holds this thread's timers up from its start to its end.
  const besidePass = await ticksUntilFirst(here.submit({ inputIds, maxNewTokens: 1 }));
  expect(besideWorker).toBeGreaterThan(10 * (besidePass + 1));
});

describe("a worker that cannot go on", () => {
  test("a model that is not there rejects with the error of loading", async () => {
    const error = await caught(createEngineWorker(`${nano}/nowhere`));
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toMatchObject({ subject: `${nano}/nowhere`, details: { given: `${nano}/nowhere` } });
    expect(await caught(createEngineWorker({}))).toBeInstanceOf(ModelLoadError);
    expect(await caught(createEngineWorker(nano, { backend: "nonesuch" }))).toBeInstanceOf(ArgumentError);
  });

  test("files by name, and an aborted load", async () => {
    const folder = fixturePath("models/helium/causal");
    const names = ["config.json", "model.safetensors"];
    const files = Object.fromEntries(names.map((name) => [name, new Blob([readFileSync(`${folder}/${name}`)])]));
    using worker = await createEngineWorker(files, { backend: "cpu" });
    using model = await AutoModelForCausalLM.fromPretrained(folder, { backend: "cpu" });
    const { sequences } = await model.generate({ inputIds: [[3, 5, 8]], maxNewTokens: 6 });
    const { ids } = await worker.submit({ inputIds: [[3, 5, 8]], maxNewTokens: 6 }).result;
    expect([3, 5, 8, ...ids]).toEqual(sequences[0]);
    const reason = new Error("enough");
    const controller = new AbortController();
    const attempt = createEngineWorker(nano, { signal: controller.signal });
    controller.abort(reason);
    expect(await caught(attempt)).toBe(reason);
  });

  test("dispose ends requests and questions with a typed error", async () => {
    const worker = await createEngineWorker(fixturePath("models/helium/causal"), { backend: "cpu" });
    const { result } = worker.submit({ inputIds: [1], maxNewTokens: 60, generationConfig: {} });
    const stats = worker.stats();
    worker.dispose();
    expect(await caught(result)).toBeInstanceOf(DisposedError);
    expect(await caught(stats)).toBeInstanceOf(DisposedError);
    expect(() => worker.submit({ inputIds: [1] })).toThrow(DisposedError);
    worker.dispose();
  });
});
