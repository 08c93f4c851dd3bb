import type { CaseOp, ValuedCall, Row } from "../case.ts";
import { sliceOf } from "../tensor-values.ts";
import { mapInputs } from "../subject.ts";

/** Leading axes of the x of a product: rows [M], a batch of two [2, M], or none, which leaves one row. */
export const leads = ["rows", "batch", "none"] as const;

export type Lead = (typeof leads)[number];

/** Shape of an x with rows of K. */
export function leadShape(lead: Lead, M: number, K: number): readonly number[] {
  return lead === "none" ? [K] : lead === "batch" ? [2, M, K] : [M, K];
}

/**
 * The rows of the x `[..., M, K]` of a product as calls of their own, each with the same row of the other inputs that run
 * along it; none for an x `[K]`.
 */
export function rowsOf<K extends CaseOp, P>(
  call: ValuedCall<K, P>,
  ...alongside: readonly string[]
): readonly Row<K, P>[] {
  const { inputs, params } = call as unknown as ValuedCall<"*", P>;
  const { shape } = inputs["x"];
  const axis = shape.length - 2;
  const rows = Array.from({ length: shape[axis] ?? 0 }, (_, m): Row<"*", P> => {
    const row = mapInputs(inputs, (input, name) =>
      name === "x" || alongside.includes(name) ? sliceOf(input, axis, m) : input,
    );
    return {
      title: `row ${m} of x`,
      call: { inputs: row, params },
      of: (result) => sliceOf(result, axis, m),
    };
  });
  return rows as unknown as readonly Row<K, P>[];
}
