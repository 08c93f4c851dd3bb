import type { DTypeFallback } from "@helium-lm/nn";

/** One line about matrices that are not kept as asked for, or null where there are none. */
export function fallbackNote(fallbacks: readonly DTypeFallback[] = []): string | null {
  const [first] = fallbacks;
  if (first === undefined) return null;
  const counts = new Map<string, number>();
  for (const { used } of fallbacks) counts.set(used, (counts.get(used) ?? 0) + 1);
  const kept = [...counts].map(([used, count]) => `${count} as ${used}`).join(", ");
  const wanted = [...new Set(fallbacks.map((fallback) => fallback.wanted))].join(", ");
  const others = fallbacks.length > 1 ? `, … ${fallbacks.length} in all` : "";
  return `rows that do not fill blocks of ${wanted}: kept ${kept} (${first.path}${others})`;
}
