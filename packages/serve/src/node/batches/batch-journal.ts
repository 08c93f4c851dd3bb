import { rm } from "node:fs/promises";
import { JournalError } from "@helium-lm/nn";
import { openLineJournal, type JournalEntry, type JournalOptions, type LineJournal } from "@helium-lm/nn/io/node";
import { isSuccess, type BatchOutcome } from "../../batches/run-line.ts";
import type { CheckedBatchFile } from "./batch-file.ts";

/** What a journal is of. */
export interface BatchWork {
  readonly input: CheckedBatchFile;
  /** What else the answers depend on, such as the model, by the names of the options. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

interface Header {
  readonly heliumBatchJournal: 1;
  readonly sha256: string;
  readonly requests: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The outcomes of a batch so far: one for each request, the first that came. Texts stay in the file. */
export class BatchJournal implements AsyncDisposable {
  readonly requests: number;
  /** Outcomes that were there when it was opened. */
  readonly found: number;
  /** By number of the request. */
  readonly #entries: Map<number, JournalEntry>;
  readonly #lines: LineJournal;
  #succeeded: number;
  #syncing: Promise<void> | null = null;

  private constructor(lines: LineJournal, requests: number, entries: Map<number, JournalEntry>, succeeded: number) {
    this.#lines = lines;
    this.#entries = entries;
    this.#succeeded = succeeded;
    this.requests = requests;
    this.found = entries.size;
  }

  /**
   * Opens the journal of a batch, or begins it. It must be closed.
   *
   * @throws JournalError for one of another batch, and while another process has it; ByteSourceError
   */
  static async open(
    path: string,
    { input, settings = {} }: BatchWork,
    lock?: JournalOptions["lock"],
  ): Promise<BatchJournal> {
    const { requests, sha256 } = input;
    const own: Header = { heliumBatchJournal: 1, sha256, requests, settings };
    const entries = new Map<number, JournalEntry>();
    let succeeded = 0;
    const lines = await openLineJournal(path, {
      header: JSON.stringify(own),
      check: (header) => checkHeader(path, header, own, input.path),
      onLine: (text, entry) => {
        const found = entryOf(text);
        // A line that a failing disk spoilt, and so was not done.
        if (found === null || found.index >= requests || entries.has(found.index)) return;
        entries.set(found.index, entry);
        if (isSuccess(found.outcome)) succeeded++;
      },
      ...(lock && { lock }),
    });
    return new BatchJournal(lines, requests, entries, succeeded);
  }

  has(index: number): boolean {
    return this.#entries.has(index);
  }

  /** Requests with an outcome. */
  get done(): number {
    return this.#entries.size;
  }

  /** Those that were answered as they asked. */
  get succeeded(): number {
    return this.#succeeded;
  }

  /** Keeps an outcome; it outlasts a power failure after `sync`. @throws ByteSourceError, as on a full disk */
  add(index: number, outcome: BatchOutcome): void {
    if (this.has(index)) return;
    this.#entries.set(index, this.#lines.append(JSON.stringify([index, outcome])));
    if (isSuccess(outcome)) this.#succeeded++;
  }

  /** One at a time: who comes meanwhile waits for the next one. */
  async sync(): Promise<void> {
    await this.#syncing?.catch(() => undefined);
    this.#syncing ??= this.#lines.sync().finally(() => (this.#syncing = null));
    await this.#syncing;
  }

  /** The outcome of a request, as JSON; null where it has none. */
  text(index: number): string | null {
    const entry = this.#entries.get(index);
    if (entry === undefined) return null;
    const text = this.#lines.read(entry);
    return text.slice(text.indexOf(",") + 1, -1);
  }

  /** The outcomes in the order of the requests, as JSON; those that have none are left out. */
  *texts(): Generator<string> {
    for (let index = 0; index < this.requests; index++) {
      const text = this.text(index);
      if (text !== null) yield text;
    }
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  /** Closes it for good, once its outcomes are kept elsewhere. */
  async remove(): Promise<void> {
    await rm(this.#lines.path, { force: true });
    await this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function entryOf(text: string): { readonly index: number; readonly outcome: BatchOutcome } | null {
  try {
    const [index, outcome] = JSON.parse(text) as [number, BatchOutcome];
    return { index, outcome };
  } catch {
    return null;
  }
}

/** @throws JournalError */
function checkHeader(path: string, text: string, own: Header, input: string): void {
  let header: Partial<Header> = {};
  try {
    header = JSON.parse(text) as Header;
  } catch {
    // It is none.
  }
  if (header.heliumBatchJournal !== 1)
    throw new JournalError(path, "is not the journal of a batch; give the output another name, or delete it", {
      given: text.slice(0, 60),
    });
  if (header.sha256 !== own.sha256)
    throw new JournalError(
      path,
      `was begun for another input than ${input} is now; give that one back, or delete this file to begin anew`,
      { given: own.sha256, expected: header.sha256 },
    );
  const [given, expected] = [own.settings, header.settings].map((settings) => JSON.stringify(settings));
  if (given !== expected)
    throw new JournalError(
      path,
      `was begun with other options, ${expected}, not ${given}; give the same, or delete this file to begin anew`,
      { given: own.settings, expected: header.settings },
    );
}
