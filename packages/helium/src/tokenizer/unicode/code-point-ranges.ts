/** Runs of code points, each of a kind, in ascending order. */
export class CodePointRanges {
  readonly #firsts: number[] = [];
  readonly #lasts: number[] = [];
  readonly #kinds: number[] = [];

  /** @param packed `gap.more.kind` of each run in base 36, zeros at the end left out: `more` characters follow the first */
  constructor(packed: string) {
    let next = 0;
    for (const run of packed.trim().split(/\s/)) {
      const [gap = 0, more = 0, kind = 0] = run.split(".").map((digits) => Number.parseInt(digits, 36));
      const first = next + gap;
      next = first + more + 1;
      this.#firsts.push(first);
      this.#lasts.push(next - 1);
      this.#kinds.push(kind);
    }
  }

  /** The kind of the run that holds `codePoint`; undefined outside of all runs. */
  kindOf(codePoint: number): number | undefined {
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lasts[middle] as number) < codePoint) low = middle + 1;
      else high = middle;
    }
    return (this.#firsts[low] ?? Infinity) <= codePoint ? this.#kinds[low] : undefined;
  }

  /** As members of a character class: `\u{…}` as JavaScript writes a code point, or `\x{…}` as Oniguruma does. */
  members(escape: "u" | "x"): string {
    const written = (codePoint: number): string => `\\${escape}{${codePoint.toString(16)}}`;
    return this.#firsts
      .map((first, index) => {
        const last = this.#lasts[index] as number;
        return first === last ? written(first) : `${written(first)}-${written(last)}`;
      })
      .join("");
  }
}
