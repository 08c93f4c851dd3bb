import { JournalError } from "@helium-lm/nn";
import { openLineJournal, type JournalOptions, type LineJournal } from "@helium-lm/nn/io/node";
import { EvalError } from "../errors.ts";
import { exactJson, parseExactJson } from "../run/exact-json.ts";
import type { Journal, JournalAnswer } from "../run/journal.ts";

/** First line of a journal: what it is. */
const HEADER = JSON.stringify({ heliumEvalJournal: 1 });

/** A journal in a file, to which every answer is appended as it comes. */
export class FileJournal implements Journal, AsyncDisposable {
  /** Answers that were there when it was opened. */
  readonly found: number;
  readonly #lines: LineJournal;
  readonly #answers: Map<string, JournalAnswer>;

  private constructor(lines: LineJournal, answers: Map<string, JournalAnswer>) {
    this.#lines = lines;
    this.#answers = answers;
    this.found = answers.size;
  }

  /**
   * Opens the journal, or begins it. It must be closed.
   *
   * @param lock how to find out that another process writes it
   * @throws EvalError for a line that is none, JournalError for a file that is no journal and while another process writes it
   */
  static async open(path: string, lock?: JournalOptions["lock"]): Promise<FileJournal> {
    const answers = new Map<string, JournalAnswer>();
    const lines = await openLineJournal(path, {
      header: HEADER,
      check: (header) => {
        if (header !== HEADER) throw notOfAnEvaluation(path, header);
      },
      onLine: (text, _, line) => {
        const [key, answer] = entryOf(path, text, line);
        answers.set(key, answer);
      },
      ...(lock && { lock }),
    });
    return new FileJournal(lines, answers);
  }

  get(key: string): JournalAnswer | undefined {
    return this.#answers.get(key);
  }

  add(key: string, answer: JournalAnswer): void {
    this.#lines.append(exactJson([key, answer]));
    this.#answers.set(key, answer);
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const notOfAnEvaluation = (path: string, given: string): JournalError =>
  new JournalError(
    path,
    `is not a journal of an evaluation: its first line is ${JSON.stringify(given.slice(0, 60))}; name another file, or delete it`,
    { given, expected: HEADER },
  );

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
