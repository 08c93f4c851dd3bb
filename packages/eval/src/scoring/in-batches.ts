/** Neighbours together, at most `size` of them, and only such as are alike. */
export function inBatches<T>(
  items: readonly T[],
  size: number,
  isAlike: (one: T, other: T) => boolean = () => true,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  for (const item of items) {
    const last = batches.at(-1);
    if (last?.[0] !== undefined && last.length < size && isAlike(last[0], item)) last.push(item);
    else batches.push([item]);
  }
  return batches;
}
