import { BatchLineError, parseBatchLine, type BatchLine, type BatchProblem, type BatchUrl } from "./batch-line.ts";

/** A problem and the number of the line that has it, counted from 1. */
export interface BatchLineProblem extends BatchProblem {
  /** Null: the file as a whole. */
  readonly line: number | null;
}

export interface BatchCheckOptions {
  /** The one route that all lines ask; default: any. */
  readonly endpoint?: BatchUrl;
  /** Requests at most; default: any number. */
  readonly maxRequests?: number;
  /** Problems that are told of; of further ones no more than that they are there. Default 100. */
  readonly maxProblems?: number;
}

/**
 * Checks the lines of a file one after another, before any of them is run: OpenAI refuses a file with a bad line as a whole, and
 * so do we. What only the route can know (a model that is not served, a field of the wrong kind) is no problem of the file but
 * the answer of its line.
 */
export class BatchCheck {
  readonly problems: BatchLineProblem[] = [];
  /** Lines that are requests. */
  requests = 0;
  readonly #options: BatchCheckOptions;
  /** Line by custom_id. */
  readonly #lines = new Map<string, number>();

  constructor(options: BatchCheckOptions = {}) {
    this.#options = options;
  }

  /** @returns the request; null where the line is empty, or a problem */
  add(text: string, line: number): BatchLine | null {
    if (text.trim() === "") return null;
    try {
      const request = parseBatchLine(text);
      this.#checkAmongOthers(request, line);
      this.requests++;
      return request;
    } catch (error) {
      if (!(error instanceof BatchLineError)) throw error;
      this.tell({ ...error.problem, line });
      return null;
    }
  }

  /** Whether as much is wrong as is told of; what follows need not be read. */
  get isHopeless(): boolean {
    return this.problems.length >= (this.#options.maxProblems ?? 100);
  }

  /** A problem that was found elsewhere, such as a line that is too long to be read. */
  tell(problem: BatchLineProblem): void {
    if (!this.isHopeless) this.problems.push(problem);
  }

  /** After the last line. */
  end(): void {
    const { maxRequests = Infinity } = this.#options;
    if (this.requests === 0 && this.problems.length === 0)
      this.tell({
        code: "empty_file",
        message: "file: has no request; write one in each line",
        param: null,
        line: null,
      });
    if (this.requests > maxRequests)
      this.tell({
        code: "too_many_tasks",
        message: `file: has more than the ${maxRequests} requests that are allowed; make several files of it`,
        param: null,
        line: null,
      });
  }

  #checkAmongOthers({ custom_id, url }: BatchLine, line: number): void {
    const before = this.#lines.get(custom_id);
    if (before !== undefined)
      throw new BatchLineError("custom_id", `is that of line ${before} too; give each its own`, "duplicate_custom_id", {
        line: before,
      });
    this.#lines.set(custom_id, line);
    const { endpoint = url } = this.#options;
    if (url !== endpoint)
      throw new BatchLineError(
        "url",
        `is ${url}, but the batch is for ${endpoint}; make another batch`,
        "url_mismatch",
        {
          given: url,
          expected: endpoint,
        },
      );
  }
}
