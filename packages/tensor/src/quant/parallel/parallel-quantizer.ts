import type { QuantFormatName } from "../../contract/operand.ts";
import { dtypes, type DType } from "../../dtypes/dtype.ts";
import { isNode } from "../../workers/node-module.ts";
import { physicalCores } from "../../workers/physical-cores.ts";
import { WorkersRefusedError } from "../../errors.ts";
import { PART_ROWS } from "../../write-parts.ts";
import type { QuantMethod } from "../format.ts";
import { isQuantFormat } from "../formats/index.ts";
import { quantRowBytes } from "../row-bytes.ts";
import { quantizeRows, type QuantizedRows, type RowsToQuantize } from "./quantize-rows.ts";
import { QuantizeWorkers } from "./quantize-workers.ts";

/** Weights of a job, about: 10 milliseconds' work. */
const JOB = 2 ** 17;

/** Longest stretch of work on the calling thread, in milliseconds, before other tasks (timers, a progress bar) get their turn. */
const STRETCH = 40;

/** Workers that have nothing to do for so many milliseconds end. */
const IDLE = 1000;

/** A matrix as it is stored, and what it is to become. */
export interface MatrixToQuantize {
  readonly from: DType | QuantFormatName;
  readonly format: QuantFormatName;
  readonly rows: number;
  readonly columns: number;
  /** Default as for `quantize`. */
  readonly method?: QuantMethod;
  /** Whether `lost` and `energy` are asked for; default false. */
  readonly measured?: boolean;
}

/**
 * Quantises matrices on several threads, the blocks being those of `quantize`, bit for bit. Workers run the same code; they are
 * started by the first matrix that is worth it, and end when nothing was asked of them for a second.
 *
 * @example
 * const quantizer = new ParallelQuantizer();
 * const matrix = { from: "bf16", format: "q4_0", rows: 4096, columns: 2048 } as const;
 * for await (const { blocks } of quantizer.quantize(parts, matrix)) file.write(blocks);
 */
export class ParallelQuantizer {
  readonly #threads: number | undefined;
  #workers: Promise<QuantizeWorkers | null> | null = null;
  #users = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refused: string | null = null;

  /** @param threads default: the physical cores, at most 8; with 1 the calling thread does it, with pauses */
  constructor(threads?: number) {
    this.#threads = threads;
  }

  /** Why the calling thread quantises although more were to; null where that is not so. */
  get refused(): string | null {
    return this.#refused;
  }

  /**
   * The blocks of a matrix in order, some rows at a time; all but the last are a multiple of `PART_ROWS` rows.
   *
   * @param parts stored rows in order, each part used before the next is asked for: all but the last a multiple of
   *   `PART_ROWS` rows
   * @throws QuantError as `quantize`, what the parts throw, the signal's reason when aborted
   */
  async *quantize(
    parts: AsyncIterable<Uint8Array>,
    matrix: MatrixToQuantize,
    signal?: AbortSignal,
  ): AsyncGenerator<QuantizedRows> {
    const jobRows = PART_ROWS * Math.max(1, Math.floor(JOB / (matrix.columns * PART_ROWS)));
    const jobs = jobsOf(parts, matrix, jobRows);
    const workers = matrix.rows > jobRows ? await this.#acquire() : null;
    if (workers === null) {
      yield* here(jobs, signal);
      return;
    }
    try {
      yield* elsewhere(workers, await this.#threadCount(), jobs, signal);
    } finally {
      this.#release();
    }
  }

  async #threadCount(): Promise<number> {
    return this.#threads ?? (await physicalCores());
  }

  /** The workers, until `#release`; null where there are none. */
  async #acquire(): Promise<QuantizeWorkers | null> {
    if (this.#refused !== null) return null;
    const threads = await this.#threadCount();
    if (threads === 1) return null;
    clearTimeout(this.#timer);
    this.#users++;
    this.#workers ??= this.#start(threads);
    const workers = await this.#workers;
    if (workers === null) this.#users--;
    return workers;
  }

  #release(): void {
    if (--this.#users > 0) return;
    this.#timer = setTimeout(() => {
      const ending = this.#workers;
      this.#workers = null;
      void ending?.then((workers) => workers?.end());
    }, IDLE);
    // A page's timer is a number.
    if (isNode()) this.#timer.unref();
  }

  async #start(threads: number): Promise<QuantizeWorkers | null> {
    try {
      return await QuantizeWorkers.start(threads, (reason) => (this.#refused = reason));
    } catch (error) {
      if (!(error instanceof WorkersRefusedError)) throw error;
      this.#refused = String(error.details["reason"]);
      return null;
    }
  }
}

/** The jobs that the parts of a matrix make; their bytes are views of the parts. */
async function* jobsOf(
  parts: AsyncIterable<Uint8Array>,
  { from, format, columns, method, measured = false }: MatrixToQuantize,
  jobRows: number,
): AsyncGenerator<RowsToQuantize> {
  const rowBytes = isQuantFormat(from) ? quantRowBytes(from, columns) : columns * dtypes[from].bytes;
  let firstRow = 0;
  for await (const part of parts) {
    const end = part.length / rowBytes;
    for (let row = 0; row < end; row += jobRows) {
      const stored = part.subarray(row * rowBytes, Math.min(row + jobRows, end) * rowBytes);
      yield { stored, from, format, columns, firstRow: firstRow + row, method, measured };
    }
    firstRow += end;
  }
}

/** On the calling thread. */
async function* here(
  jobs: AsyncIterable<RowsToQuantize>,
  signal: AbortSignal | undefined,
): AsyncGenerator<QuantizedRows> {
  let resumed = performance.now();
  for await (const job of jobs) {
    yield quantizeRows(job);
    if (performance.now() - resumed < STRETCH) continue;
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    resumed = performance.now();
  }
}

/** By workers: as many jobs under way as keep all of them busy while the first one's blocks are used. */
async function* elsewhere(
  workers: QuantizeWorkers,
  threads: number,
  jobs: AsyncIterable<RowsToQuantize>,
  signal: AbortSignal | undefined,
): AsyncGenerator<QuantizedRows> {
  const coming: Promise<QuantizedRows>[] = [];
  for await (const job of jobs) {
    // A worker gets a copy of the buffer, and the buffer of a part is written again.
    const result = workers.run({ ...job, stored: job.stored.slice() });
    // It may fail while an earlier one is waited for; whoever waits for this one will hear of it.
    result.catch(() => undefined);
    coming.push(result);
    signal?.throwIfAborted();
    if (coming.length > 3 * threads) yield (await coming.shift()) as QuantizedRows;
  }
  for (const result of coming) {
    yield await result;
    signal?.throwIfAborted();
  }
}
