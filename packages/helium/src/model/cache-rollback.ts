import { KvCache } from "@helium-lm/nn";
import { InputError } from "../errors.ts";
import { describeValue } from "../given-values.ts";

/** Runs a pass that may extend the cache; when it throws, the cache is as it was before. @throws InputError for no cache */
export function withCacheRollback<T>(cache: KvCache | null | undefined, pass: () => T): T {
  if (!cache) return pass();
  if (!(cache instanceof KvCache))
    throw new InputError("pastKeyValues", `is ${describeValue(cache)}; expected a cache of model.createCache()`, {
      given: cache,
    });
  const { batchSize, length } = cache;
  try {
    return pass();
  } catch (error) {
    // A pass adds the same number of slots to every row.
    if (batchSize === 0) cache.reset();
    else cache.crop(cache.length - length);
    throw error;
  }
}
