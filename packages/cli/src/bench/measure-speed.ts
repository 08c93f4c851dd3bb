import type { Engine, ModelForCausalLM } from "@helium-lm/helium";
import type { Profile } from "@helium-lm/tensor/backends/webgpu";
import type { DeviceProfile } from "./device-report.ts";
import { traceKernels, type KernelTrace } from "./kernel-trace.ts";
import { speedFigures, type SpeedFigures } from "./speed-figures.ts";
import { testLength, type SpeedTest } from "./speed-test.ts";

export interface SpeedResult extends SpeedTest, SpeedFigures {}

export interface MeasureOptions {
  readonly tests: readonly SpeedTest[];
  readonly repetitions: number;
  /** Tokens of one pass. */
  readonly budget: number;
  readonly signal?: AbortSignal | undefined;
  /** Does work and tells what its kernels took on a device; null where there is no such. */
  readonly profile: ((work: () => Promise<unknown>) => Promise<Profile>) | null;
  /** Told after each run, of all. */
  readonly onRun?: (done: number, total: number) => void;
}

export interface Measured {
  readonly results: readonly SpeedResult[];
  /** Kernels of the first test of each kind, for which ops ran one by one; null where there is none. */
  readonly kernels: Readonly<Record<SpeedTest["kind"], KernelTrace | null>>;
  /** Of the first test of each kind: its prompt, or a few of its tokens. */
  readonly profiles: Readonly<Record<SpeedTest["kind"], DeviceProfile | null>>;
  /** Storage of keys and values. */
  readonly kvDType: string;
  readonly replay: Engine["stats"]["replay"] & { readonly passes: number };
}

/** New tokens of a test that only warms up. */
const WARM_UP_TOKENS = 8;

/**
 * Speeds of a model in this thread, through the same engine that `generate` uses: tokens are greedy and come from no text.
 * Each test runs once to be traced, once to be compiled, once to be profiled, and then as often as was asked for.
 */
export async function measureSpeed(model: ModelForCausalLM, options: MeasureOptions): Promise<Measured> {
  const { tests, repetitions, budget, profile, signal, onRun } = options;
  using engine = model.engine({ budget, keepPrefixes: false });
  const kernels: Record<SpeedTest["kind"], KernelTrace | null> = { prefill: null, decode: null };
  const profiles: Record<SpeedTest["kind"], DeviceProfile | null> = { prefill: null, decode: null };
  const results: SpeedResult[] = [];
  let kvDType = "";
  for (const [at, test] of tests.entries()) {
    const { kind, tokens, depth, batch } = test;
    using cache = model.createCache({ slots: testLength(test) });
    kvDType = cache.dtype;
    /** Reads prompts of `length` tokens, of which the cache has what it has, and writes `count` tokens behind each. */
    const goOn = async (length: number, count: number): Promise<number> => {
      const inputIds = Array.from({ length: batch }, (_, row) => promptOf(row, length, model.config.vocabSize));
      const start = performance.now();
      await model.generate({
        ...{ inputIds, attentionMask: inputIds.map((ids) => ids.map(() => 1)) },
        ...{ pastKeyValues: cache, engine, generationConfig: {}, eosTokenId: [], doSample: false },
        ...{ maxNewTokens: count, ...(signal && { signal }) },
      });
      return (performance.now() - start) / 1000;
    };
    const timed = (count: number): Promise<number> => {
      if (cache.length > depth) cache.truncate(depth);
      return kind === "prefill" ? goOn(depth + count, 1) : goOn(depth + 1, count);
    };
    if (depth > 0) await goOn(depth, 1);
    const few = kind === "prefill" ? tokens : Math.min(tokens, WARM_UP_TOKENS);
    kernels[kind] ??= await traceKernels(model.backend, () => timed(kind === "prefill" ? tokens : 1));
    await timed(few);
    if (profile) profiles[kind] ??= { tokens: few, ...(await profile(() => timed(few))) };
    const runs: number[] = [];
    for (let run = 0; run < repetitions; run++) {
      runs.push((batch * tokens) / (await timed(tokens)));
      onRun?.(at * repetitions + run + 1, tests.length * repetitions);
    }
    results.push({ ...test, ...speedFigures(runs) });
  }
  const { replay, passes } = engine.stats;
  return { results, kernels, profiles, kvDType, replay: { ...replay, passes } };
}

/** Token `i` of the text of a row: spread over the vocabulary, the same in every run. */
const promptOf = (row: number, length: number, vocabSize: number): number[] =>
  Array.from({ length }, (_, i) => (1 + i * 7919 + row * 104_729) % vocabSize);
