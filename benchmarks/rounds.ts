/** One contestant of a kernel benchmark. */
export interface Entry {
  readonly contender: string;
  readonly run: () => unknown;
  /** How much of the work one run does, in the unit of the speed times seconds. */
  readonly work: number;
}

export interface Timed {
  readonly contender: string;
  readonly best: number;
  readonly median: number;
  readonly runs: readonly number[];
}

const ROUNDS = 5;
const ROUND_MS = 60;
const WARM_UP_MS = 300;

/**
 * Five rounds, each a turn of every entry, so that a busy moment hits all. A turn runs an entry for a while and counts
 * its fastest run; speeds are work per second.
 */
export async function interleave(entries: readonly Entry[]): Promise<Timed[]> {
  const runs = new Map<Entry, number[]>(entries.map((entry) => [entry, []]));
  for (const entry of entries) await fastest(entry, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++)
    for (const [entry, speeds] of runs) speeds.push(entry.work / (await fastest(entry, ROUND_MS)));
  return [...runs].map(([{ contender }, speeds]) => ({ contender, ...summary(speeds), runs: speeds }));
}

/** Best and middle of speeds. */
export function summary(runs: readonly number[]): { readonly best: number; readonly median: number } {
  return { best: Math.max(...runs), median: runs.toSorted((a, b) => a - b)[runs.length >> 1] ?? NaN };
}

/** Seconds of the fastest run within that time. */
async function fastest({ run }: Entry, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let least = Infinity;
  for (let start = performance.now(); start < end; start = performance.now()) {
    const result = run();
    if (result instanceof Promise) await result;
    least = Math.min(least, performance.now() - start);
  }
  return least / 1000;
}
