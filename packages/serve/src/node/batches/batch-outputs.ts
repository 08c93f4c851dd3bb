import { isSuccess, notRun, type BatchOutcome } from "../../batches/run-line.ts";
import { batchRequests, type CheckedBatchFile } from "./batch-file.ts";
import type { BatchJournal } from "./batch-journal.ts";

/** Why requests of a batch were not run. */
export type EarlyEnd = "expired" | "cancelled";

const reasons: Readonly<Record<EarlyEnd, { readonly code: string; readonly message: string }>> = {
  expired: { code: "batch_expired", message: "was not run before the completion window of the batch was over" },
  cancelled: { code: "batch_cancelled", message: "was not run before the batch was cancelled" },
};

/** The lines of a batch's output, or of its errors, in the order of its requests. */
export async function* batchOutputs(
  which: "output" | "error",
  {
    input,
    journal,
    early,
  }: {
    readonly input: CheckedBatchFile;
    readonly journal: BatchJournal;
    /** Null: all were run. */
    readonly early: EarlyEnd | null;
  },
): AsyncGenerator<string> {
  for await (const { index, line } of batchRequests(input)) {
    const text = journal.text(index);
    const isOutput = text !== null && isSuccess(JSON.parse(text) as BatchOutcome);
    if (isOutput !== (which === "output")) continue;
    if (text !== null) yield text;
    else if (early !== null) yield JSON.stringify(notRun(line.custom_id, reasons[early]));
  }
}
