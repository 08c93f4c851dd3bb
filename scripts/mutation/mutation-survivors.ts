/** What became of a bug, as far as the pages on mutation testing say it. */
interface Planted {
  readonly id: string;
  readonly killed: boolean;
  readonly by: string;
}

/** The end of a section: the bugs that no test found, each with its reason. */
export function survivorLines(bugs: readonly Planted[]): readonly string[] {
  const survivors = bugs.filter((bug) => !bug.killed).map(({ id, by }) => `- ${id}: ${by}`);
  return [survivors.length > 0 ? "Not found:" : "None survives.", "", ...survivors];
}

/** How many bugs were found, of how many. */
export const shareFound = (killed: number, planted: number): string =>
  `${killed} of ${planted} bugs (${((100 * killed) / planted).toFixed(1)} %)`;
