import { expectClose, joined, row, type Values } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { resultOf } from "./all-heads.ts";

/** Sequences packed into one row, told by positions that start again, equal the sequences alone. */
export async function checkPacking(drawn: DrawnModel): Promise<void> {
  using model = await drawn.open("causal-lm");
  const rows = [drawn.ids, ...drawn.mates];
  const alone: Values[] = [];
  for (const ids of rows) alone.push(row(await resultOf(model, { inputIds: [ids] }), 0));
  const packed = rows.flat();
  const positionIds = [rows.flatMap((ids) => [...ids.keys()])];
  const got = await resultOf(model, { inputIds: [packed], positionIds });
  const what = `packed lengths ${rows.map((ids) => ids.length).join(" + ")}`;
  expectClose(what, row(got, 0), joined(alone));
}
