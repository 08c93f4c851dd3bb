/**
 * The results of a call for each item, in the order of the items; calls begin in that order, and at most `limit` go on at once.
 * After a failure no other call is begun, and the first failure is thrown when those under way have ended: nothing goes on
 * behind the back of the caller.
 *
 * @example
 * console.log(await mapBounded([3, 1, 2], 2, async (n) => n * n)); // [ 9, 1, 4 ]
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  call: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await call(items[index] as T, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
