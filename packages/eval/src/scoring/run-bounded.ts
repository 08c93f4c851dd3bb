/**
 * Runs `count` tasks in order, at most `limit` at a time. The first failure is thrown when the tasks that were under way have
 * ended; no other one is begun.
 */
export async function runBounded(
  count: number,
  limit: number,
  run: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | null = null;
  const lane = async (): Promise<void> => {
    while (next < count && failure === null)
      try {
        await run(next++);
      } catch (error) {
        failure ??= { error };
      }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
  // What the lanes have set is not seen by the compiler.
  const failed = failure as { readonly error: unknown } | null;
  if (failed) throw failed.error;
}
