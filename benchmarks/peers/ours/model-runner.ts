import type { CacheOptions, ModelForCausalLM } from "@helium-lm/helium";
import { scope } from "@helium-lm/tensor";
import { promptToken } from "../player.ts";
import type { LineHandlers } from "../serve-lines.ts";

/** Our side of a contest, through the public API, in Node or a page: each pass ends with the logits read. */
export function modelRunner(model: ModelForCausalLM, vocab: number, caching: CacheOptions = {}): LineHandlers {
  const cache = model.createCache(caching);

  const feed = async (ids: readonly number[]): Promise<number> => {
    const { logits } = scope(() => {
      const { logits } = model.forward({ inputIds: [ids], pastKeyValues: cache, useCache: true, logitsToKeep: 1 });
      return { logits };
    });
    const values = await logits.data();
    logits.dispose();
    return argmax(values);
  };
  const keep = (length: number): void => cache.crop(Math.max(0, cache.length - length));
  const prompt = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => promptToken(from + i, vocab));

  return {
    prefill: async (tokens) => {
      keep(0);
      const start = performance.now();
      await feed(prompt(0, tokens));
      return (performance.now() - start) / 1000;
    },
    decode: async (length, steps) => {
      keep(length);
      if (cache.length < length) await feed(prompt(cache.length, length));
      let next = promptToken(length, vocab);
      const start = performance.now();
      for (let i = 0; i < steps; i++) next = await feed([next]);
      return (performance.now() - start) / 1000;
    },
  };
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
