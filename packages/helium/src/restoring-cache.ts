import type { KvCache } from "@helium-lm/nn";

/** Runs a pass that may extend the cache; when it throws, the cache is as it was before. */
export function restoringCache<T>(cache: KvCache | null | undefined, pass: () => T): T {
  if (!cache) return pass();
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
