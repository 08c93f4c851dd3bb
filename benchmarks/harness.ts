/** One way of doing a piece of work. */
export interface Contestant {
  readonly run: () => unknown;
  /** How much of the work one run does, in the unit of the row's speeds times seconds (GFLOP, GB, tokens). */
  readonly work: number;
}

/** Ours beside a naive loop on the same input. */
export interface Case {
  readonly name: string;
  /** What `speed` counts per second. */
  readonly unit: string;
  readonly ours: Contestant;
  readonly naive: Contestant;
  /** Further speeds of our run by their units: `{ "GB/s": gigabytes per run }`. */
  readonly also?: Readonly<Record<string, number>>;
}

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly naive: number;
  readonly ratio: number;
  readonly medianOurs: number;
  readonly also?: Readonly<Record<string, number>>;
}

/** Rounds go on for this long per case, but there are at least `MIN_ROUNDS`. */
const SECONDS = 2;
const MIN_ROUNDS = 5;

/** Runs shorter than this are repeated within a round, so that the clock's steps do not show. */
const MIN_ROUND_MS = 2;

/**
 * Measures both sides in turn, a round of one and a round of the other, so that a busy machine slows both. The speed is
 * that of the best round; the median says how steady it was.
 */
export async function measure({ name, unit, ours, naive, also }: Case): Promise<Row> {
  const sides = [await prepare(ours), await prepare(naive)] as const;
  const end = performance.now() + SECONDS * 1000;
  for (let round = 0; round < MIN_ROUNDS || performance.now() < end; round++) {
    for (const side of sides) side.times.push(await timeRound(side.contestant, side.repeats));
  }
  const [best, slow] = [Math.min(...sides[0].times), Math.min(...sides[1].times)];
  const speeds = Object.entries(also ?? {}).map(([key, work]) => [key, work / best] as const);
  return {
    name,
    unit,
    ours: ours.work / best,
    naive: naive.work / slow,
    ratio: ours.work / best / (naive.work / slow),
    medianOurs: ours.work / median(sides[0].times),
    ...(also && { also: Object.fromEntries(speeds) }),
  };
}

interface Side {
  readonly contestant: Contestant;
  readonly repeats: number;
  readonly times: number[];
}

/** Warms up until the optimising compiler has had its chance, and finds how many runs make a round. */
async function prepare(contestant: Contestant): Promise<Side> {
  const end = performance.now() + 200;
  let seconds: number;
  do seconds = await timeRound(contestant, 1);
  while (performance.now() < end);
  return { contestant, repeats: Math.max(1, Math.ceil(MIN_ROUND_MS / 1000 / seconds)), times: [] };
}

/** Seconds per run. */
async function timeRound({ run }: Contestant, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - start) / 1000 / repeats;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
