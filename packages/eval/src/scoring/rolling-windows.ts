/** Tokens that are scored behind others; none is scored twice. */
export interface RollingWindow {
  /** At least one token. */
  readonly context: readonly number[];
  readonly targets: readonly number[];
}

/**
 * A text in windows of at most `length` tokens that a pass reads, so that every token is scored once: the first window reads
 * the prefix token and the text; each later one reads the `length` tokens before its last target, so that its first target
 * has as many before it as there is room for.
 *
 * @param ids tokens of the text
 * @param prefix stands before it
 * @param length tokens that a pass may read, at least 1
 */
export function rollingWindows(ids: readonly number[], prefix: number, length: number): readonly RollingWindow[] {
  const windows: RollingWindow[] = [];
  for (let start = 0; start < ids.length; start += length) {
    const targets = ids.slice(start, start + length);
    const end = start + targets.length;
    // Of `length` tokens that are read all but the last `targets.length − 1` come before the first target.
    const context = start === 0 ? [prefix] : ids.slice(Math.max(0, end - 1 - length), start);
    windows.push({ context, targets });
  }
  return windows;
}
