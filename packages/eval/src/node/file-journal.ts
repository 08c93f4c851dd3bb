import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { EvalError } from "../errors.ts";
import { exactJson, parseExactJson } from "../run/exact-json.ts";
import type { Journal, JournalAnswer } from "../run/journal.ts";
import { JournalLock } from "./journal-lock.ts";

/** First line of a journal: what it is. */
const HEADER = JSON.stringify({ heliumEvalJournal: 1 });

/**
 * A journal in a file of JSON lines, to which every answer is appended as it comes: a process that is killed loses nothing
 * but the line that it was writing. One process at a time writes a journal.
 */
export class FileJournal implements Journal, Disposable {
  /** Answers that were there when it was opened. */
  readonly found: number;
  readonly #path: string;
  readonly #answers: Map<string, JournalAnswer>;
  readonly #lock: JournalLock;
  #file: number | null;

  private constructor(path: string, lock: JournalLock, file: number, answers: Map<string, JournalAnswer>) {
    this.#path = path;
    this.#lock = lock;
    this.#file = file;
    this.#answers = answers;
    this.found = answers.size;
  }

  /**
   * Opens the journal, or begins it. It must be disposed.
   *
   * @throws EvalError for a file that is no journal, and while another process writes it
   */
  static async open(path: string): Promise<FileJournal> {
    mkdirSync(dirname(path), { recursive: true });
    const lock = await JournalLock.take(path);
    try {
      const file = openSync(path, "a+");
      const text = readFileSync(path, "utf8");
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      // What was being written when the last process ended.
      if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
      if (whole === "") writeSync(file, `${HEADER}\n`);
      return new FileJournal(path, lock, file, answersOf(path, whole));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get(key: string): JournalAnswer | undefined {
    return this.#answers.get(key);
  }

  add(key: string, answer: JournalAnswer): void {
    if (this.#file === null) throw new EvalError(this.#path, "the journal was closed; open it again");
    writeSync(this.#file, `${exactJson([key, answer])}\n`);
    this.#answers.set(key, answer);
  }

  dispose(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    this.#lock.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function answersOf(path: string, text: string): Map<string, JournalAnswer> {
  const [header, ...lines] = text.split("\n").slice(0, -1);
  if (header !== undefined && header !== HEADER)
    throw new EvalError(
      path,
      `is not a journal of an evaluation: its first line is ${JSON.stringify(header.slice(0, 60))}; name another file, or delete it`,
      {
        given: header,
        expected: HEADER,
      },
    );
  return new Map(lines.map((line, i) => entryOf(path, line, i + 2)));
}

function entryOf(path: string, line: string, number: number): [string, JournalAnswer] {
  try {
    return parseExactJson(line) as [string, JournalAnswer];
  } catch (error) {
    throw new EvalError(
      `${path}, line ${number}`,
      "is not valid JSON; delete this line, and what it held is scored again",
      { line },
      { cause: error },
    );
  }
}
