/** The text before the first of each string, in their order. */
export function cutAt(text: string, until: readonly string[]): string {
  return until.reduce((left, stop) => (stop === "" ? left : (left.split(stop, 1)[0] ?? left)), text);
}
