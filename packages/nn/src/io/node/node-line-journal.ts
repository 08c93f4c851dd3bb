import { closeSync, fdatasync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { FileLockError, JournalError } from "../../errors.ts";
import { unwritable } from "./node-atomic-file.ts";
import { takeFileLock, type FileLockOptions, type HeldLock } from "./node-file-lock.ts";

/** Where a line stands in a journal, its line break not counted. */
export interface JournalEntry {
  readonly at: number;
  readonly bytes: number;
}

export interface JournalOptions {
  /** The first line of a journal that is begun: what it is, and of what work. */
  readonly header: string;
  /** Throws for the first line of a journal that is not of this work; default: of any other line than `header`. */
  readonly check?: (header: string) => void;
  /** Told of the lines that are there already, the first of them being line 2. */
  readonly onLine?: (text: string, entry: JournalEntry, line: number) => void;
  /** How to find out that another process has it. */
  readonly lock?: Pick<FileLockOptions, "signal" | "staleMs" | "pollMs">;
}

const CHUNK = 2 ** 20;
const LF = 0x0a;
const syncData = promisify(fdatasync);

/**
 * A file of lines to which finished work is appended, so that whoever comes next does not do it again: a process that is killed
 * loses nothing but the line that it was writing, and what was synced outlasts a power failure. One process at a time has it. The
 * lines are not kept in memory.
 */
export class LineJournal implements AsyncDisposable {
  readonly path: string;
  readonly #file: number;
  readonly #lock: HeldLock;
  #size: number;
  #isOpen = true;

  private constructor(path: string, file: number, lock: HeldLock, size: number) {
    this.path = path;
    this.#file = file;
    this.#lock = lock;
    this.#size = size;
  }

  /**
   * Opens a journal, or begins it. It must be closed.
   *
   * @throws JournalError for a file that is no journal of this work, and while another process writes it; ByteSourceError
   */
  static async open(path: string, { header, check, onLine, lock: turn }: JournalOptions): Promise<LineJournal> {
    mkdirSync(dirname(path), { recursive: true });
    const lock = await takeFileLock(`${path}.lock`, { ...turn, refuseLiving: true }).catch((cause: unknown) => {
      throw cause instanceof FileLockError ? heldError(path, cause) : unwritable(path, cause);
    });
    let file: number | null = null;
    try {
      file = openSync(path, "a+");
      const expect = check ?? ((given: string) => expectHeader(path, given, header));
      const size = readLines(file, (text, entry, line) => {
        if (line === 1) expect(text);
        else onLine?.(text, entry, line);
      });
      // What was being written when the last process ended.
      ftruncateSync(file, size);
      const journal = new LineJournal(path, file, lock, size);
      if (size === 0) journal.append(header);
      return journal;
    } catch (error) {
      if (file !== null) closeSync(file);
      await lock.release();
      throw error;
    }
  }

  /**
   * Writes a line. Where that fails, as on a full disk, nothing of it stays.
   *
   * @throws ByteSourceError with the mend; JournalError after `close`, and once another process has taken the journal
   */
  append(text: string): JournalEntry {
    if (!this.#isOpen) throw new JournalError(this.path, "the journal was closed; open it again");
    if (!this.#lock.isHeld())
      throw new JournalError(this.path, "another process took this journal while this one stood still; start again");
    const bytes = Buffer.from(`${text}\n`);
    const at = this.#size;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    } catch (cause) {
      ftruncateSync(this.#file, at);
      throw unwritable(this.path, cause);
    }
    this.#size += bytes.length;
    return { at, bytes: bytes.length - 1 };
  }

  /** What was appended by now is on the disk, and not only on its way. */
  async sync(): Promise<void> {
    await syncData(this.#file).catch((cause: unknown) => {
      throw unwritable(this.path, cause);
    });
  }

  /** A line that stands there. */
  read({ at, bytes }: JournalEntry): string {
    const buffer = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes;) {
      const count = readSync(this.#file, buffer, done, bytes - done, at + done);
      if (count === 0) throw new JournalError(this.path, "became shorter while it was read; nobody may write it now");
      done += count;
    }
    return buffer.toString("utf8");
  }

  /** A second call does nothing. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
    await this.#lock.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Opens a journal, or begins it. @throws as `LineJournal.open` */
export const openLineJournal = (path: string, options: JournalOptions): Promise<LineJournal> =>
  LineJournal.open(path, options);

/** Tells of each line that has its line break, and returns where the last of them ends. */
function readLines(file: number, tell: (text: string, entry: JournalEntry, line: number) => void): number {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let parts: Buffer[] = [];
  let start = 0;
  let line = 0;
  for (let position = 0; ;) {
    const count = readSync(file, chunk, 0, CHUNK, position);
    if (count === 0) return start;
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0 && end < count; end = chunk.indexOf(LF, from)) {
      const last = chunk.subarray(from, end);
      const bytes = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      tell(bytes.toString("utf8"), { at: start, bytes: bytes.length }, ++line);
      parts = [];
      from = end + 1;
      start = position + from;
    }
    if (from < count) parts.push(Buffer.from(chunk.subarray(from, count)));
    position += count;
  }
}

function expectHeader(path: string, given: string, header: string): void {
  if (given === header) return;
  throw new JournalError(
    path,
    `is not the journal of this work: its first line is ${JSON.stringify(given.slice(0, 60))}; name another file, or delete it`,
    { given, expected: header },
  );
}

const heldError = (path: string, cause: FileLockError): JournalError =>
  new JournalError(
    path,
    `the journal ${cause.message.slice(cause.subject.length + 2)}, or name another file`,
    cause.details,
    { cause },
  );
