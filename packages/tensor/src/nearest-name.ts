/** The known name with the fewest edits (Levenshtein distance) from `name`, upper and lower case and `_` aside. */
export function nearestName(name: string, known: Iterable<string>): string {
  const plain = (text: string): string => text.replaceAll("_", "").toLowerCase();
  const wanted = plain(name);
  let best = "";
  let fewest = Infinity;
  for (const candidate of known) {
    const edits = distance(wanted, plain(candidate));
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
