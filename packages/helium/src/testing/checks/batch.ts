import { rectangle } from "../batches.ts";
import { row } from "../compare.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";

/** Every row of a batch equals the row alone. */
export async function checkBatch(trial: Trial): Promise<void> {
  using model = await trial.open("causal-lm");
  const inputIds = rectangle([trial.ids, ...trial.mates]);
  const batch = await resultOf(model, { inputIds });
  for (const [b, ids] of inputIds.entries()) {
    const alone = await resultOf(model, { inputIds: [ids] });
    trial.expectAlike(`row ${b} of ${inputIds.length}`, row(batch, b), row(alone, 0));
  }
}
