import { positions } from "../compare.ts";
import { rectangle } from "../batches.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";

/** Every row of a batch equals the row alone. */
export async function checkBatch(trial: Trial): Promise<void> {
  using model = await trial.open("causal-lm");
  const rows = rectangle([trial.ids, ...trial.mates]);
  const batch = await resultOf(model, { inputIds: rows });
  for (const [b, row] of rows.entries()) {
    const alone = await resultOf(model, { inputIds: [row] });
    trial.expectAlike(
      `row ${b} of ${rows.length}`,
      positions(batch, b, 0, row.length),
      positions(alone, 0, 0, row.length),
    );
  }
}
