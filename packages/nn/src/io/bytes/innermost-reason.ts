/** What failed at the bottom: `fetch` itself says no more than that it failed. */
export function innermostReason(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? innermostReason(failure.cause) : failure.message || failure.name;
}
