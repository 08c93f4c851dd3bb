import { rectangle } from "../batches.ts";
import { row } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

/** Every row of a batch equals the row alone. */
export async function checkBatch(drawn: DrawnModel): Promise<void> {
  using model = await drawn.open("causal-lm");
  const inputIds = rectangle([drawn.ids, ...drawn.mates]);
  const batch = await resultOf(model, { inputIds });
  for (const [b, ids] of inputIds.entries()) {
    const alone = await resultOf(model, { inputIds: [ids] });
    drawn.expectAlike(`row ${b} of ${inputIds.length}`, row(batch, b), row(alone, 0));
  }
}
