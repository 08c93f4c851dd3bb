import type { BatchLine } from "../../batches/batch-line.ts";
import type { BatchOutcome } from "../../batches/run-line.ts";
import { batchRequests, type CheckedBatchFile } from "./batch-file.ts";
import type { BatchJournal } from "./batch-journal.ts";

export interface RunBatchOptions {
  readonly input: CheckedBatchFile;
  readonly journal: BatchJournal;
  /** Runs one request; it may be run again where it was given up. */
  readonly run: (line: BatchLine, signal: AbortSignal) => Promise<BatchOutcome>;
  /** Requests under way at a time, at most. */
  readonly atOnce: number;
  /** Gives up what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Begins no more; what is under way may end. */
  readonly stop?: AbortSignal | undefined;
  /** After each request. */
  readonly onDone?: (() => void) | undefined;
}

/** Outcomes of so many ms reach the disk together. */
const GROUP_MS = 200;

/**
 * Runs the requests of a file that have no outcome in the journal, as many at a time as are allowed, and keeps each outcome as it
 * comes. The file is read along, so that memory does not grow with it.
 *
 * @returns whether all have an outcome: `stop` came first otherwise
 * @throws the signal's reason when aborted; what the journal throws, BatchFileError, and what `run` throws
 */
export async function runBatch({
  input,
  journal,
  run,
  atOnce,
  signal,
  stop,
  onDone,
}: RunBatchOptions): Promise<boolean> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const leave = (): void => ending.abort(signal?.reason);
  signal?.addEventListener("abort", leave, { once: true });
  const underWay = new Set<Promise<void>>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const keep = (index: number, outcome: BatchOutcome): void => {
    journal.add(index, outcome);
    timer ??= setTimeout(() => {
      timer = null;
      journal.sync().catch((error: unknown) => ending.abort(error));
    }, GROUP_MS);
    onDone?.();
  };
  const begin = (index: number, line: BatchLine): void => {
    const running = run(line, ending.signal)
      .then((outcome) => {
        if (!ending.signal.aborted) keep(index, outcome);
      })
      // The first failure ends the others.
      .catch((error: unknown) => ending.abort(error))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };
  try {
    for await (const { index, line } of batchRequests(input)) {
      if (journal.has(index)) continue;
      while (underWay.size >= atOnce && !ending.signal.aborted) await Promise.race(underWay);
      if (ending.signal.aborted || stop?.aborted) break;
      begin(index, line);
    }
  } catch (error) {
    ending.abort(error);
  } finally {
    await Promise.all(underWay);
    signal?.removeEventListener("abort", leave);
    if (timer !== null) clearTimeout(timer);
  }
  await journal.sync().catch((error: unknown) => ending.abort(error));
  ending.signal.throwIfAborted();
  return journal.done === journal.requests;
}
