import { getHeapStatistics } from "node:v8";
import { HeliumLmError, Rng } from "@helium-lm/tensor";
import { fuzzTargets, type FuzzTargetName } from "./targets.ts";

/** What no input may do. */
export interface FuzzFailure {
  readonly target: FuzzTargetName;
  /** Input `run` of the seed. */
  readonly seed: number;
  readonly run: number;
  readonly kind: "crash" | "hang" | "allocation";
  readonly reason: string;
  /** The input, where the parser came back. */
  readonly input?: Uint8Array;
}

export interface FuzzReport {
  readonly target: FuzzTargetName;
  readonly seed: number;
  readonly runs: number;
  /** Inputs that were read, and inputs refused with a typed error. */
  readonly accepted: number;
  readonly refused: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  /** CPU time of the slowest input. */
  readonly slowestMs: number;
  /** The most that reading one input added to the heap and the buffers, beyond the input's own size. */
  readonly mostBytesBeyondInput: number;
  readonly failures: readonly FuzzFailure[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
  readonly from?: number;
  /** Called before each input. */
  readonly onRun?: (run: number) => void;
}

/** CPU time that one input may take. */
export const MAX_MS = 1000;

/** Bytes that reading one input may take beyond the input's size. */
export const MAX_BYTES = 64 * 2 ** 20;

/** Live and dead bytes of the heap and of buffers outside of it. */
function allocated(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

/**
 * Reads `runs` damaged inputs. Input `run` depends on the seed and its number only, so that each can be made again alone.
 */
export async function fuzz(target: FuzzTargetName, { seed, runs, from = 0, onRun }: FuzzOptions): Promise<FuzzReport> {
  const { mutated, read } = await fuzzTargets[target]();
  const failures: FuzzFailure[] = [];
  const refusedBy: Record<string, number> = {};
  let [accepted, refused, slowestMs, mostBytesBeyondInput] = [0, 0, 0, 0];
  for (let run = from; run < runs; run++) {
    onRun?.(run);
    const input = await mutated(inputRng(seed, run));
    const fail = (kind: FuzzFailure["kind"], reason: string): void =>
      void failures.push({ target, seed, run, kind, reason, input });
    const before = allocated();
    const started = performance.now();
    const cpu = process.cpuUsage();
    try {
      await read(input);
      accepted++;
    } catch (error) {
      refused++;
      const name = error instanceof Error ? error.name : typeof error;
      refusedBy[name] = (refusedBy[name] ?? 0) + 1;
      if (!(error instanceof HeliumLmError))
        fail("crash", error instanceof Error ? (error.stack ?? name) : String(error));
    }
    // The wall clock also counts what else the machine does.
    const ms = Math.min(performance.now() - started, cpuMs(cpu));
    const beyond = allocated() - before - input.length;
    slowestMs = Math.max(slowestMs, ms);
    mostBytesBeyondInput = Math.max(mostBytesBeyondInput, beyond);
    if (ms > MAX_MS) fail("hang", `took ${Math.round(ms)} ms`);
    if (beyond > MAX_BYTES) fail("allocation", `took ${beyond} bytes beyond its own ${input.length}`);
  }
  return { target, seed, runs, accepted, refused, refusedBy, slowestMs, mostBytesBeyondInput, failures };
}

const inputRng = (seed: number, run: number): Rng => new Rng(seed * 2 ** 32 + run);
