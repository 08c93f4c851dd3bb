import type { CacheOptions, ModelForCausalLM } from "@helium-lm/helium";
import { promptToken } from "../player.ts";
import type { LineHandlers } from "../serve-lines.ts";

/** Our side of a contest, through the public API, in Node or a page: greedy tokens of `generate`, one engine for all calls. */
export function modelRunner(model: ModelForCausalLM, vocab: number, caching: CacheOptions = {}): LineHandlers {
  const cache = model.createCache(caching);
  const engine = model.engine({ budget: 512 });

  const keep = (length: number): void => cache.crop(Math.max(0, cache.length - length));
  const prompt = (length: number): number[] => Array.from({ length }, (_, i) => promptToken(i, vocab));
  /** Seconds for `tokens` greedy tokens behind a prompt, of which the cache keeps what it has. */
  const continued = async (length: number, tokens: number): Promise<number> => {
    const start = performance.now();
    await model.generate({
      inputIds: [prompt(length)],
      pastKeyValues: cache,
      engine,
      doSample: false,
      maxNewTokens: tokens,
      eosTokenId: [],
    });
    return (performance.now() - start) / 1000;
  };

  return {
    prefill: (tokens) => {
      keep(0);
      return continued(tokens, 1);
    },
    decode: async (length, steps) => {
      keep(length);
      if (cache.length < length) await continued(length + 1, 1);
      keep(length);
      return continued(length + 1, steps);
    },
  };
}
