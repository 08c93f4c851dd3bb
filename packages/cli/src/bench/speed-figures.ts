/** What several runs of one test say of its speed, in tokens per second. */
export interface SpeedFigures {
  readonly best: number;
  readonly mean: number;
  /** Standard deviation of the runs, n − 1 in the denominator; 0 of one run. */
  readonly deviation: number;
  readonly runs: readonly number[];
}

export function speedFigures(runs: readonly number[]): SpeedFigures {
  const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length;
  const squares = runs.reduce((sum, run) => sum + (run - mean) ** 2, 0);
  return {
    best: Math.max(...runs),
    mean,
    deviation: runs.length > 1 ? Math.sqrt(squares / (runs.length - 1)) : 0,
    runs,
  };
}
