import { machineLimits } from "../../scripts/wasm/machine-limits.ts";
import { contenders } from "../peers/contenders.ts";
import { contest, type Event, type Outcome } from "../peers/contest.ts";
import type { ModelFile } from "../peers/player.ts";
import { interleave } from "../rounds.ts";

export interface Sweeps {
  readonly oneThread: number;
  readonly twoThreads: number;
}

/** GB/s of a plain read by one and two threads. */
export async function measureSweeps(): Promise<Sweeps> {
  const speeds: number[] = [];
  for (const threads of [1, 2]) {
    const { sweep, dispose } = await machineLimits(threads);
    const [timed] = await interleave([sweep]);
    dispose();
    speeds.push(timed?.best ?? NaN);
  }
  const [oneThread = NaN, twoThreads = NaN] = speeds;
  console.log(`read sweep: ${oneThread.toFixed(1)} GB/s 1T, ${twoThreads.toFixed(1)} GB/s 2T`);
  return { oneThread, twoThreads };
}

/** A contest over one file, of all contenders or of those that `HELIUM_LM_BENCH_ONLY` names, comma-separated. */
export function modelContest(model: ModelFile, events: readonly Event[], { twoThreads }: Sweeps): Promise<Outcome> {
  const only = process.env.HELIUM_LM_BENCH_ONLY?.split(",").map((name) => name.trim());
  const chosen = contenders.filter(({ name }) => only?.includes(name) ?? true);
  return contest(model, chosen, events, twoThreads);
}
