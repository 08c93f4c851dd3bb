/** What became of one bug planted above the kernels. */
export interface AboveResult {
  readonly id: string;
  readonly area: string;
  readonly find: string;
  readonly replace: string;
  readonly killed: boolean;
  /** The first test that failed, or `timeout or crash`; for a survivor the reason that no test can see it. */
  readonly by: string;
}

/** A run of all planted bugs against the tests of nn and helium. */
export interface AboveReport {
  /** Bugs in the lists, those too that were not planted yet. */
  readonly listed: number;
  readonly planted: number;
  readonly killed: number;
  readonly bugs: readonly AboveResult[];
}

/** The figures by area and the survivors as a section of a Markdown page. */
export function aboveMarkdown({ listed, planted, killed, bugs }: AboveReport): string {
  const areas = [...new Set(bugs.map(({ area }) => area))];
  const rows = areas.map((area) => {
    const own = bugs.filter((bug) => bug.area === area);
    return `| ${area} | ${own.length} | ${own.filter((bug) => bug.killed).length} |`;
  });
  const survivors = bugs.filter((bug) => !bug.killed).map(({ id, by }) => `- ${id}: ${by}`);
  return [
    "## Mutation testing above the kernels",
    "",
    `The tests of nn and helium find ${killed} of ${planted} bugs (${((100 * killed) / planted).toFixed(1)} %) planted one at ` +
      `a time in one line of their sources. ${listed} are listed; ${listed - planted} of them were not planted yet, or not since ` +
      "their text changed. `npm run soak -- mutation-above` repeats it; the bugs, and the tests that",
    "should find them, are in `scripts/mutants/above`.",
    "",
    "| area | planted | found |",
    "|---|---|---|",
    ...rows,
    "",
    survivors.length > 0 ? "Not found:" : "None survives.",
    "",
    ...survivors,
    "",
  ].join("\n");
}
