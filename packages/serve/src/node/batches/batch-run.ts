import { ByteSourceError, pause } from "@helium-lm/nn";
import type { BatchObject, BatchStatus } from "../../batches/batch-object.ts";
import type { BatchServer } from "../../batches/batch-service.ts";
import { runLine } from "../../batches/run-line.ts";
import { checkBatchFile, type CheckedBatchFile } from "./batch-file.ts";
import { BatchJournal } from "./batch-journal.ts";
import { batchOutputs, type EarlyEnd } from "./batch-outputs.ts";
import { withStatus, type BatchRecord } from "./batch-record.ts";
import type { FileFolder } from "./file-folder.ts";
import { runBatch } from "./run-batch.ts";

export interface BatchRunSetup {
  readonly server: BatchServer;
  readonly files: FileFolder;
  /** Path of its journal. */
  readonly journal: string;
  readonly maxRequests: number;
  readonly retryMs: number;
  /** What is kept of it now. */
  readonly record: () => BatchRecord;
  readonly update: (change: (record: BatchRecord) => BatchRecord) => Promise<BatchRecord>;
  /** Begins no more lines. */
  readonly stop: AbortSignal;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

/** Thrown into the lines of a batch that ends early. */
class Interruption extends Error {
  readonly early: EarlyEnd;

  constructor(early: EarlyEnd) {
    super(early);
    this.early = early;
  }
}

/** Longest time of a timer, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Brings a batch from whatever state it is in to its end: looks it through, runs its lines, writes its files. */
export class BatchRun {
  readonly #setup: BatchRunSetup;
  readonly #interruption = new AbortController();
  #journal: BatchJournal | null = null;
  #ended: Promise<void> | null = null;

  constructor(setup: BatchRunSetup) {
    this.#setup = setup;
  }

  get batch(): BatchObject {
    return this.#setup.record().batch;
  }

  /** How far it is; null where that is what is kept. */
  get counts(): BatchObject["request_counts"] | null {
    const journal = this.#journal;
    if (journal === null) return null;
    const { requests: total, succeeded: completed, done } = journal;
    return { total, completed, failed: done - completed };
  }

  /** Ends it early; what is answered by now is kept. */
  interrupt(early: EarlyEnd): void {
    this.#interruption.abort(new Interruption(early));
  }

  /** Once nothing more happens, at its end or where the server stops. */
  get ended(): Promise<void> {
    return this.#ended ?? Promise.resolve();
  }

  /** Never rejects: a batch that cannot go on has failed. */
  begin(): Promise<void> {
    return (this.#ended ??= this.#work());
  }

  async #work(): Promise<void> {
    const { signal, stop, retryMs, server } = this.#setup;
    const { id, expires_at } = this.batch;
    if (this.batch.status === "cancelling") this.interrupt("cancelled");
    const expiry = setTimeout(
      () => this.interrupt("expired"),
      Math.min(LONGEST_MS, Math.max(0, (expires_at ?? Infinity) * 1000 - Date.now())),
    );
    expiry.unref();
    try {
      while (!stop.aborted) {
        try {
          await this.#advance();
          return;
        } catch (error) {
          if (signal.aborted) return;
          server.log.error({ batch: id, error: String(error) }, "a batch cannot go on");
          if (!(error instanceof ByteSourceError)) return await this.#fail(error);
          // The disk may have room later.
          await pause(retryMs, AbortSignal.any([signal, stop])).catch(() => undefined);
        }
      }
    } catch (error) {
      server.log.error({ batch: id, error: String(error) }, "the end of a batch could not be kept");
    } finally {
      clearTimeout(expiry);
    }
  }

  async #advance(): Promise<void> {
    const input = await this.#checkedInput();
    if (input === null) return;
    const journal = await BatchJournal.open(this.#setup.journal, { input });
    this.#journal = journal;
    try {
      let early: EarlyEnd | null = null;
      try {
        if (this.batch.status !== "finalizing" && !(await this.#runLines(input, journal))) return;
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        early = error.early;
      }
      await this.#finish(input, journal, early);
      await journal.remove();
    } finally {
      this.#journal = null;
      await journal.close();
    }
  }

  /** Null: it is none, and the batch has failed. */
  async #checkedInput(): Promise<CheckedBatchFile | null> {
    const { files, maxRequests, signal, record } = this.#setup;
    const { owner, checked, batch } = record();
    const path = files.pathOf(owner, batch.input_file_id);
    if (checked !== null) return { path, problems: [], ...checked };
    const found = await checkBatchFile(path, { endpoint: batch.endpoint, maxRequests, signal });
    if (found.problems.length > 0) {
      await this.#become("failed", { errors: { object: "list", data: [...found.problems] } });
      return null;
    }
    const { requests, sha256 } = found;
    const request_counts = { total: requests, completed: 0, failed: 0 };
    await this.#setup.update((next) => ({
      ...next,
      checked: { requests, sha256 },
      // It may have been cancelled meanwhile.
      batch:
        next.batch.status === "validating"
          ? withStatus(next.batch, "in_progress", { request_counts })
          : { ...next.batch, request_counts },
    }));
    return found;
  }

  /** @returns whether all have an outcome @throws Interruption */
  async #runLines(input: CheckedBatchFile, journal: BatchJournal): Promise<boolean> {
    const { server, stop, signal, record } = this.#setup;
    const { owner } = record();
    // Of the same key's other requests no stored start is found: who made the batch is known by the digest of the key alone.
    const caller = { cacheSalt: owner && `batch ${owner}` };
    return runBatch({
      ...{ input, journal, stop, atOnce: server.atOnce },
      signal: AbortSignal.any([signal, this.#interruption.signal]),
      run: (line, ending) => runLine(line, { signal: ending, fetch: (request) => server.fetch(request, caller) }),
    });
  }

  async #finish(input: CheckedBatchFile, journal: BatchJournal, early: EarlyEnd | null): Promise<void> {
    const { files, record } = this.#setup;
    const { owner, outputs } = record();
    if (early === null && this.batch.status !== "finalizing") await this.#become("finalizing");
    const write = async (which: "output" | "error"): Promise<string | null> => {
      const file = { id: outputs[which], filename: `${this.batch.id}_${which}.jsonl` };
      const written = await files.write(owner, file, batchOutputs(which, { input, journal, early }));
      return written?.id ?? null;
    };
    await this.#become(early ?? "completed", {
      output_file_id: await write("output"),
      error_file_id: await write("error"),
      ...(this.counts && { request_counts: this.counts }),
    });
  }

  async #fail(error: unknown): Promise<void> {
    const data = [{ code: "server_error", message: messageOf(error), param: null, line: null }];
    await this.#become("failed", { errors: { object: "list", data } });
  }

  async #become(status: BatchStatus, more: Partial<BatchObject> = {}): Promise<void> {
    const { update, server } = this.#setup;
    const { id } = await update((next) => ({ ...next, batch: withStatus(next.batch, status, more) }));
    server.log.info({ batch: id, status, ...(this.counts ?? {}) }, "batch");
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
