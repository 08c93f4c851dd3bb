import { readBatchLine, type BatchLine } from "../batches/batch-line.ts";
import { RedisError } from "./redis-error.ts";

/** Form of a job's data. */
const VERSION = 1;

/** What a job carries: a line, and the batch whose answers it belongs to. */
export interface LineJob {
  readonly version: typeof VERSION;
  readonly batch: string;
  readonly line: BatchLine;
}

export const lineJob = (batch: string, line: BatchLine): LineJob => ({ version: VERSION, batch, line });

/** Reads what somebody put into the queue. @throws RedisError, BatchLineError */
export function readLineJob(data: unknown): LineJob {
  const { version, batch, line } = (data ?? {}) as { readonly [key: string]: unknown };
  if (version !== VERSION || typeof batch !== "string")
    throw new RedisError(
      "job",
      `has the form ${JSON.stringify(version)}; expected ${VERSION}, so bring workers and submitters to one version`,
      { given: version, expected: VERSION },
    );
  return lineJob(batch, readBatchLine(line));
}
