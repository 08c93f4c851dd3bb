/** How often each n-gram of each order occurs: [order − 1] → n-gram → count. */
export type NgramCounts = readonly ReadonlyMap<string, number>[];

/**
 * The n-grams of `items` of the orders 1 to `maxOrder`.
 *
 * @param separator what no item has in it, so that two n-grams of one order are only written alike where they are alike
 */
export function countNgrams(items: readonly string[], maxOrder: number, separator: string): NgramCounts {
  return Array.from({ length: maxOrder }, (_, index) => {
    const counts = new Map<string, number>();
    for (let start = 0; start + index < items.length; start++) {
      const ngram = items.slice(start, start + index + 1).join(separator);
      counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
    }
    return counts;
  });
}

/** How many n-grams the two have in common, each as often as it is in both. */
export function sharedNgrams(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let shared = 0;
  for (const [ngram, count] of a) shared += Math.min(count, b.get(ngram) ?? 0);
  return shared;
}
