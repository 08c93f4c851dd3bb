import { createHash } from "node:crypto";
import { HeliumLmError } from "@helium-lm/tensor";
import { BatchCheck, type BatchCheckOptions, type BatchLineProblem } from "../../batches/batch-check.ts";
import { parseBatchLine, type BatchLine } from "../../batches/batch-line.ts";
import { fileLines, type FileLine } from "./file-lines.ts";

/** Bytes of a line at most: a body that the server takes, and what stands around it. */
const LINE_BYTES = 17 * 2 ** 20;

/** A file of requests that was looked through. */
export interface CheckedBatchFile {
  readonly path: string;
  readonly requests: number;
  /** Of all its bytes, in hexadecimal. */
  readonly sha256: string;
  /** None: it can be run. */
  readonly problems: readonly BatchLineProblem[];
}

/**
 * Looks through a file of requests before any of them is run. What is kept of it meanwhile is each custom_id.
 *
 * @throws Error where it cannot be read; the signal's reason when aborted
 */
export async function checkBatchFile(
  path: string,
  { signal, ...options }: BatchCheckOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<CheckedBatchFile> {
  const check = new BatchCheck(options);
  const hash = createHash("sha256");
  for await (const each of fileLines(path, { limit: LINE_BYTES, onBytes: (bytes) => hash.update(bytes) })) {
    signal?.throwIfAborted();
    if (each.text === null) check.tell(unreadable(each));
    else check.add(each.text, each.line);
    if (check.isHopeless) break;
  }
  check.end();
  return { path, requests: check.requests, sha256: hash.digest("hex"), problems: check.problems };
}

/**
 * The requests of a file that was found to be good, one after another.
 *
 * @throws BatchFileError at its end, or before, where it is not that file any more
 */
export async function* batchRequests({
  path,
  sha256,
  requests,
}: CheckedBatchFile): AsyncGenerator<{ readonly index: number; readonly line: BatchLine }> {
  const hash = createHash("sha256");
  let index = 0;
  for await (const { text } of fileLines(path, { limit: LINE_BYTES, onBytes: (bytes) => hash.update(bytes) })) {
    if (text?.trim() === "") continue;
    if (text === null || index === requests) throw changed(path);
    let line: BatchLine;
    try {
      line = parseBatchLine(text);
    } catch {
      throw changed(path);
    }
    yield { index: index++, line };
  }
  if (hash.digest("hex") !== sha256) throw changed(path);
}

/** A file of requests that has lines which are none, or that was changed while it was run; `subject` is the file. */
export class BatchFileError extends HeliumLmError {}

/** How many of the problems a message tells of. */
const TOLD = 5;

/** Refuses a file with problems, of which nothing was run. @throws BatchFileError */
export function refuseProblems({ path, problems }: CheckedBatchFile): void {
  if (problems.length === 0) return;
  const told = problems
    .slice(0, TOLD)
    .map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`));
  const more = problems.length - told.length;
  throw new BatchFileError(
    path,
    `is no batch, and nothing of it was run: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
    { problems },
  );
}

const changed = (path: string): BatchFileError =>
  new BatchFileError(path, "was changed while it was run; give back what it was, and run it again");

const unreadable = ({ line, problem }: FileLine): BatchLineProblem =>
  problem === "too long"
    ? {
        code: "line_too_long",
        message: `line: is longer than ${LINE_BYTES} bytes; ask for less at a time`,
        param: null,
        line,
      }
    : { code: "invalid_json_line", message: "line: is not UTF-8; encode it so", param: null, line };
