import { expectClose, joined, positions, type Values } from "../compare.ts";
import type { Trial } from "../trial.ts";
import { resultOf } from "./all-heads.ts";

/** Sequences packed into one row, told by positions that start again, equal the sequences alone. */
export async function checkPacking(trial: Trial): Promise<void> {
  using model = await trial.open("causal-lm");
  const rows = [trial.ids, ...trial.mates];
  const alone: Values[] = [];
  for (const row of rows) alone.push(positions(await resultOf(model, { inputIds: [row] }), 0, 0, row.length));
  const packed = rows.flat();
  const positionIds = [rows.flatMap((row) => [...row.keys()])];
  const got = await resultOf(model, { inputIds: [packed], positionIds });
  const what = `packed lengths ${rows.map((row) => row.length).join(" + ")}`;
  expectClose(what, positions(got, 0, 0, packed.length), joined(alone));
}
