import { HeliumLmError, Rng } from "@helium-lm/tensor";
import { inputAt, isLarge } from "./inputs.ts";
import type { Meter } from "./meter.ts";
import { fuzzTargets, type FuzzTargetName } from "./targets/index.ts";
import type { FuzzTarget } from "./targets/target.ts";

/** What no input may do. */
export interface FuzzFailure {
  readonly run: number;
  readonly bytes: number;
  readonly kind: "crash" | "hang" | "memory";
  readonly reason: string;
}

export interface FuzzReport {
  readonly inputs: number;
  /** Inputs that were read; the others were refused. */
  readonly accepted: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  /** The largest input. */
  readonly mostBytes: number;
  readonly slowestMs: number;
  /** The largest share of the memory that it may take which an input took; at most 1. */
  readonly mostMemoryShare: number;
  readonly failures: readonly FuzzFailure[];
}

/** Time that one input may take. */
export const MAX_MS = 1000;

/** Bytes that reading an input may take, beside the input itself. */
export const memoryLimit = (bytes: number): number => 4 * bytes + 64 * 2 ** 20;

/** Times that an input over this is read again: what else the machine does makes times longer, never shorter. */
const TIMED_AGAIN = 3;

/** Small inputs that are charged together; the clock costs less than the meter. */
const GROUP = 256;

export interface FuzzOptions {
  readonly seed: number;
  /** Numbers of inputs. */
  readonly runs: Iterable<number>;
  readonly meter: Meter;
  /** The largest of the grown inputs. */
  readonly mostBytes: number;
  /** Called before each input. */
  readonly onRun?: (run: number) => void;
}

/**
 * Reads inputs that are damaged or grown. Each depends on the seed and its number only, so that it can be made again
 * alone.
 *
 * Time is that of the wall clock; where it is over the limit, which may be another process's doing, the input is read again,
 * up to three times, and the processor's time counts too. Memory: a large input is measured alone. Small ones are charged with all that
 * was taken since the meter was reset, garbage of the inputs before them too; where that comes near the limit, the last
 * ones are read once more, each alone.
 */
export async function fuzz(name: FuzzTargetName, options: FuzzOptions): Promise<FuzzReport> {
  return new Fuzzing(await fuzzTargets[name](), options).run();
}

class Fuzzing {
  readonly #target: FuzzTarget;
  readonly #options: FuzzOptions;
  readonly #failures: FuzzFailure[] = [];
  readonly #refusedBy: Record<string, number> = {};
  #inputs = 0;
  #accepted = 0;
  #mostBytes = 0;
  #slowestMs = 0;
  #mostShare = 0;

  constructor(target: FuzzTarget, options: FuzzOptions) {
    this.#target = target;
    this.#options = options;
  }

  async run(): Promise<FuzzReport> {
    const { runs, meter, onRun } = this.#options;
    let group: number[] = [];
    const endGroup = async (): Promise<void> => {
      const share = meter.taken() / memoryLimit(0);
      if (share < 0.9) this.#mostShare = Math.max(this.#mostShare, share);
      else {
        for (const run of group) await this.#measure(run, this.#input(run));
        meter.reset();
      }
      group = [];
    };
    meter.reset();
    for (const run of runs) {
      onRun?.(run);
      const input = this.#input(run);
      this.#inputs++;
      this.#mostBytes = Math.max(this.#mostBytes, input.length);
      if (isLarge(run)) {
        await endGroup();
        await this.#measure(run, input, true);
        meter.reset();
      } else {
        await this.#check(run, input);
        if (group.push(run) === GROUP) await endGroup();
      }
    }
    await endGroup();
    return {
      inputs: this.#inputs,
      accepted: this.#accepted,
      refusedBy: this.#refusedBy,
      mostBytes: this.#mostBytes,
      slowestMs: this.#slowestMs,
      mostMemoryShare: this.#mostShare,
      failures: this.#failures,
    };
  }

  #input(run: number): Uint8Array {
    const { seed, mostBytes } = this.#options;
    return inputAt(this.#target, new Rng(seed * 2 ** 32 + run), run, mostBytes);
  }

  #fail(run: number, { length: bytes }: Uint8Array, kind: FuzzFailure["kind"], reason: string): void {
    this.#failures.push({ run, bytes, kind, reason: reason.slice(0, 1000) });
  }

  /** What reading the input throws; null where it is read. */
  async #read(input: Uint8Array, prepared = this.#target.prepare?.(input)): Promise<unknown> {
    try {
      await this.#target.read(input, prepared);
    } catch (error) {
      return error ?? new Error("threw nothing");
    }
    return null;
  }

  /** Reads an input under the clock, and looks at what it throws. Resolves to the memory of the first reading. */
  async #check(run: number, input: Uint8Array, prepared = this.#target.prepare?.(input)): Promise<number> {
    const started = performance.now();
    const error = await this.#read(input, prepared);
    let ms = performance.now() - started;
    const taken = this.#options.meter.taken();
    for (let again = 0; ms > MAX_MS && again < TIMED_AGAIN; again++) ms = Math.min(ms, await this.#timeAgain(input));
    this.#slowestMs = Math.max(this.#slowestMs, ms);
    if (ms > MAX_MS) this.#fail(run, input, "hang", `took ${Math.round(ms)} ms`);
    if (error === null) {
      this.#accepted++;
      return taken;
    }
    const kind = error instanceof Error ? error.name : typeof error;
    this.#refusedBy[kind] = (this.#refusedBy[kind] ?? 0) + 1;
    if (!(error instanceof HeliumLmError))
      this.#fail(run, input, "crash", error instanceof Error ? (error.stack ?? kind) : `threw a ${kind}`);
    return taken;
  }

  async #timeAgain(input: Uint8Array): Promise<number> {
    const prepared = this.#target.prepare?.(input);
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    await this.#read(input, prepared);
    const { user, system } = process.cpuUsage(cpu);
    return Math.min(performance.now() - started, (user + system) / 1000);
  }

  /** Measures the memory that an input takes alone. */
  async #measure(run: number, input: Uint8Array, isFirst = false): Promise<void> {
    const { meter } = this.#options;
    const prepared = this.#target.prepare?.(input);
    meter.reset();
    const first = isFirst ? await this.#check(run, input, prepared) : null;
    if (first === null) await this.#read(input, prepared);
    const [taken, limit] = [first ?? meter.taken(), memoryLimit(input.length)];
    this.#mostShare = Math.max(this.#mostShare, taken / limit);
    if (taken > limit) this.#fail(run, input, "memory", `took ${taken} bytes, the limit is ${limit}`);
  }
}
