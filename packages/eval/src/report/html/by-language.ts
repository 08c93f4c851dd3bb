/** Rows by their language, in the order in which languages come first. */
export function byLanguage<Row extends { readonly language: string }>(
  rows: readonly Row[],
): readonly (readonly [language: string, rows: readonly Row[]])[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(row.language, [...(found.get(row.language) ?? []), row]);
  return [...found];
}
