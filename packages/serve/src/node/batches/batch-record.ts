import type { BatchObject, BatchOrder, BatchStatus } from "../../batches/batch-object.ts";
import { newId, unixSeconds } from "../../http/new-id.ts";
import type { OwnedRecord } from "./json-records.ts";

/** What is kept of a batch, so that it goes on after a restart. */
export interface BatchRecord extends OwnedRecord {
  readonly batch: BatchObject;
  /** Of its input, once that was looked through. */
  readonly checked: { readonly requests: number; readonly sha256: string } | null;
  /** Ids that its files get, chosen before they are written. */
  readonly outputs: { readonly output: string; readonly error: string };
}

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A batch that begins. */
export function newBatch(owner: string, number: number, { metadata = null, ...order }: BatchOrder): BatchRecord {
  const id = newId("batch", "_");
  const { input_file_id, endpoint, completion_window } = order;
  const created_at = unixSeconds();
  const span = Number(completion_window.slice(0, -1)) * (seconds[completion_window.slice(-1)] ?? NaN);
  return {
    ...{ id, owner, number, checked: null },
    outputs: { output: newId("file"), error: newId("file") },
    batch: {
      ...{ id, object: "batch", endpoint, errors: null, input_file_id, completion_window, status: "validating" },
      ...{ output_file_id: null, error_file_id: null, created_at, in_progress_at: null },
      ...{ expires_at: created_at + span, finalizing_at: null, completed_at: null, failed_at: null },
      ...{ expired_at: null, cancelling_at: null, cancelled_at: null },
      ...{ request_counts: { total: 0, completed: 0, failed: 0 }, metadata },
    },
  };
}

/** The batch in another state, with the time at which it came to it. */
export const withStatus = (batch: BatchObject, status: BatchStatus, more: Partial<BatchObject> = {}): BatchObject => ({
  ...batch,
  ...more,
  status,
  ...(status !== "validating" && { [`${status}_at`]: unixSeconds() }),
});
