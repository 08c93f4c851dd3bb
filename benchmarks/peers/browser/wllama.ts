import { packageFolder, packageVersion } from "../installed.ts";
import type { Contender } from "../player.ts";
import { PagePlayer, type PageModel } from "./page-player.ts";

/** wllama 3: its server loop times prompt and generation itself. */
export const wllama3: Contender = {
  name: "wllama",
  version: () => `@wllama/wllama ${packageVersion("@wllama/wllama")} in Chromium`,
  start: async (model) =>
    PagePlayer.start("wllama", model, { mounts: { wllama: packageFolder("@wllama/wllama") }, load: loadWllama3 }),
};

/** wllama 2, which has calls for single passes; it is the faster one. */
export const wllama2: Contender = {
  name: "wllama 2",
  version: () => `@wllama/wllama ${packageVersion("wllama2")} in Chromium`,
  start: async (model) =>
    PagePlayer.start("wllama 2", model, { mounts: { wllama: packageFolder("wllama2") }, load: loadWllama2 }),
};

async function loadWllama3({ word, context, threads }: PageModel): Promise<void> {
  interface Timings {
    readonly prompt_n: number;
    readonly prompt_ms: number;
    readonly predicted_n: number;
    readonly predicted_ms: number;
  }
  interface Wllama {
    loadModel(files: Blob[], options: object): Promise<void>;
    createCompletion(options: object): Promise<{ timings?: Timings }>;
  }
  const url = "/wllama/esm/index.js";
  const { Wllama } = (await import(url)) as { Wllama: new (paths: object, options: object) => Wllama };
  const wllama = new Wllama({ default: "/wllama/esm/wasm/wllama.wasm" }, { suppressNativeLog: true });
  const [file] = (document.querySelector("#model") as HTMLInputElement).files ?? [];
  await wllama.loadModel([file as File], {
    ...{ n_ctx: context, n_batch: 512, n_threads: threads, n_parallel: 1, n_gpu_layers: 0, warmup: false },
  });
  const complete = async (length: number, steps: number, reuse: boolean): Promise<Timings> => {
    const { timings } = await wllama.createCompletion({
      ...{ prompt: word.repeat(length), max_tokens: steps, temperature: 0, ignore_eos: true },
      ...{ cache_prompt: reuse, timings_per_token: true },
    });
    if (!timings) throw new Error("no timings");
    return timings;
  };
  (globalThis as unknown as { player: unknown }).player = {
    prefill: async (tokens: number) => {
      const { prompt_n, prompt_ms } = await complete(tokens, 1, false);
      return ((prompt_ms / 1000) * tokens) / prompt_n;
    },
    // The first token comes with the prompt, so n tokens are n − 1 steps.
    decode: async (length: number, steps: number) => {
      const { predicted_n, predicted_ms } = await complete(length, steps + 1, true);
      return ((predicted_ms / 1000) * steps) / (predicted_n - 1);
    },
  };
}

async function loadWllama2({ vocab, context, threads }: PageModel): Promise<void> {
  interface Wllama {
    loadModel(files: Blob[], options: object): Promise<void>;
    decode(tokens: number[], options: object): Promise<unknown>;
    kvClear(): Promise<void>;
    samplingInit(options: object): Promise<void>;
    samplingSample(): Promise<{ token: number }>;
  }
  const url = "/wllama/esm/index.js";
  const { Wllama } = (await import(url)) as { Wllama: new (paths: object, options: object) => Wllama };
  const paths = {
    "single-thread/wllama.wasm": "/wllama/esm/single-thread/wllama.wasm",
    "multi-thread/wllama.wasm": "/wllama/esm/multi-thread/wllama.wasm",
  };
  const wllama = new Wllama(paths, { suppressNativeLog: true });
  const [file] = (document.querySelector("#model") as HTMLInputElement).files ?? [];
  await wllama.loadModel([file as File], { n_ctx: context, n_batch: 512, n_threads: threads });
  await wllama.samplingInit({ temp: 0 });
  const prompt = (length: number): number[] =>
    Array.from({ length }, (_, index) => 300 + ((index * 37) % (vocab - 400)));
  (globalThis as unknown as { player: unknown }).player = {
    prefill: async (tokens: number) => {
      await wllama.kvClear();
      const start = performance.now();
      await wllama.decode(prompt(tokens), {});
      return (performance.now() - start) / 1000;
    },
    decode: async (length: number, steps: number) => {
      await wllama.kvClear();
      await wllama.decode(prompt(length), {});
      const start = performance.now();
      for (let i = 0; i < steps; i++) {
        const { token } = await wllama.samplingSample();
        await wllama.decode([token], {});
      }
      return (performance.now() - start) / 1000;
    },
  };
}
