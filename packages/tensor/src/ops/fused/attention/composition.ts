import type { AttentionParams } from "../../../contract/kernels.ts";
import { scope } from "../../../scope.ts";
import type { Tensor } from "../../../tensor.ts";
import { add, maximum, minimum, mul, sub } from "../../binary.ts";
import { cast } from "../../cast.ts";
import { le, lt } from "../../compare.ts";
import { arange, full, zeros } from "../../fill.ts";
import { gather } from "../../gather.ts";
import { matmul } from "../../matmul.ts";
import { sum } from "../../reduce.ts";
import { tanh } from "../../unary.ts";
import { expand, narrow, permute, reshape, transpose, unsqueeze } from "../../view.ts";
import { where } from "../../where.ts";
import type { AttentionResult } from "./options.ts";
import { dequantizeInt8 } from "../int8-rows.ts";
import { composeSoftmax } from "../softmax.ts";

/** Where keys and values are: `[pages, K, P, D]`, scales `[pages, K, P]`. */
export interface AttentionPools {
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly keyScales?: Tensor;
  readonly valueScales?: Tensor;
}

/** The kernel's inputs, as tensors. */
export interface RaggedInputs extends AttentionPools {
  /** `[N, H, D]` */
  readonly q: Tensor;
  /** `[R, width]`, `[R + 1]` and `[R]`, i32 */
  readonly tables: Tensor;
  readonly queryStarts: Tensor;
  readonly lengths: Tensor;
  /** `[N, H, S]` */
  readonly mask?: Tensor;
}

/** Queries against the first S slots of R sequences. */
interface SlotQueries extends AttentionPools {
  /** `[R, H, T, D]` */
  readonly q: Tensor;
  readonly tables: Tensor;
  /** `[R]` */
  readonly lengths: Tensor;
  /** Slots of the queries, `[R, T]` i32. */
  readonly slots: Tensor;
  /** Which queries are of which sequence, bool `[R, T]`; all where it is left out. */
  readonly members?: Tensor;
  /** Broadcasts to `[R, H, T, S]` */
  readonly mask?: Tensor;
}

/**
 * Definition. Per query: scores `q·k·scale` (softcapped, masked), softmax in f32 over the visible keys, weighted sum of
 * the values. Query head h uses kv head `h div (H/K)`. Every token is scored against the keys of every sequence; of these
 * rows its own is kept.
 */
export function composeAttention(inputs: RaggedInputs, params: AttentionParams): Tensor {
  return scope(() => {
    const { q, keys, values, tables, mask } = inputs;
    const { backend } = q;
    const [N, H, D] = q.shape as [number, number, number];
    const [R, width] = tables.shape as [number, number];
    const [pages, , P] = keys.shape as [number, number, number];
    const Dv = values.shape[3];
    const slots = pages === 0 ? 0 : width * P;
    const S = Math.min(slots, mask?.shape[2] ?? slots);
    if (R === 0 || S === 0 || N === 0) return zeros(backend, [N, H, Dv], q.dtype);
    const starts = clamp(inputs.queryStarts, 0, N);
    const lengths = clamp(inputs.lengths, 0, slots);
    const n = arange(backend, 0, N); // [N]
    const end = reshape(narrow(starts, 0, 1, R), [R, 1]);
    const begun = le(reshape(narrow(starts, 0, 0, R), [R, 1]), n);
    const members = where(begun, lt(n, end), full(backend, [], 0, "bool")); // [R, N]
    const { output } = attendSlots(
      {
        ...inputs,
        q: expand(unsqueeze(permute(q, [1, 0, 2]), 0), [R, H, N, D]),
        lengths,
        slots: sub(reshape(lengths, [R, 1]), sub(end, n)),
        members,
        mask: mask && narrow(unsqueeze(permute(mask, [1, 0, 2]), 0), 3, 0, S),
      },
      S,
      params,
    );
    const own = where(reshape(members, [R, 1, N, 1]), output, 0); // [R, H, N, Dv]
    return sum(permute(own, [2, 1, 3, 0]), 3);
  });
}

/**
 * The same for a rectangle, q `[B, H, T, D]` against S slots: each row meets its own keys only, and the probabilities are
 * at hand. mask `[B, H, T, S]`.
 */
export function composeRectangularAttention(
  inputs: Omit<SlotQueries, "slots" | "members">,
  S: number,
  params: AttentionParams,
): AttentionResult {
  return scope(() => {
    const { q, lengths, tables, keys } = inputs;
    const [B, , T] = q.shape as [number, number, number];
    const slots = add(reshape(sub(lengths, T), [B, 1]), arange(q.backend, 0, T)); // [B, T]
    const used = narrow(tables, 1, 0, Math.ceil(S / Math.max(1, keys.shape[2])));
    return attendSlots({ ...inputs, tables: used, slots }, S, params);
  });
}

function attendSlots(inputs: SlotQueries, S: number, params: AttentionParams): AttentionResult {
  const { q, keys, values, keyScales, valueScales, lengths, mask } = inputs;
  const [R, H, T, D] = q.shape as [number, number, number, number];
  const [pages, K] = keys.shape as [number, number];
  const tables = clamp(inputs.tables, 0, pages - 1);
  const k = unsqueeze(gatherFloats(keys, keyScales, tables, S), 2); // [R, K, 1, S, D]
  const used = lt(arange(q.backend, 0, S), reshape(lengths, [R, 1, 1, 1])); // [R, 1, 1, S]
  // Unused slots hold anything, also NaN, which a weight of 0 does not silence.
  const stored = gatherFloats(values, valueScales, tables, S); // [R, K, S, Dv]
  const v = unsqueeze(where(reshape(used, [R, 1, S, 1]), stored, 0), 2);
  const grouped = reshape(q, [R, K, H / K, T, D]);
  let scores = reshape(mul(matmul(grouped, transpose(k)), params.scale), [R, H, T, S]);
  if (params.softcap !== null) scores = mul(tanh(mul(scores, 1 / params.softcap)), params.softcap);
  scores = cast(scores, "f32");
  let visible = expand(visibleKeys(inputs, used, params), [R, H, T, S]);
  if (mask?.dtype === "bool") visible = where(mask, visible, full(q.backend, [], 0, "bool"));
  else if (mask) {
    const added = cast(mask, "f32");
    visible = where(lt(full(q.backend, [], -Infinity), added), visible, full(q.backend, [], 0, "bool"));
    scores = add(scores, added);
  }
  // A row without a visible key becomes NaN in the softmax and 0 by the second `where`.
  const shares = scores.size === 0 ? scores : composeSoftmax(where(visible, scores, -Infinity));
  const weights = cast(where(visible, shares, 0), q.dtype);
  const mixed = matmul(reshape(weights, [R, K, H / K, T, S]), v); // [R, K, H/K, T, Dv]
  return { output: reshape(mixed, [R, H, T, v.shape[4]]), weights };
}

/** Which keys each query sees: bool `[R, 1, T, S]`. */
function visibleKeys({ slots, members }: SlotQueries, used: Tensor, { causal, window }: AttentionParams): Tensor {
  const { backend } = used;
  const [R, T] = slots.shape as [number, number];
  const S = used.shape[3];
  const key = arange(backend, 0, S); // [S]
  const slot = reshape(slots, [R, 1, T, 1]);
  const nowhere = full(backend, [], 0, "bool");
  let visible = expand(used, [R, 1, T, S]);
  if (members) visible = where(reshape(members, [R, 1, T, 1]), visible, nowhere);
  if (causal) visible = where(le(key, slot), visible, nowhere);
  if (window !== null) visible = where(lt(sub(slot, key), window), visible, nowhere);
  return visible;
}

/** As `gatherPages`, in floats: a pool of levels goes with its scales. */
function gatherFloats(pool: Tensor, scales: Tensor | undefined, tables: Tensor, S: number): Tensor {
  const rows = gatherPages(pool, tables, S);
  if (!scales) return rows;
  const own = reshape(gatherPages(unsqueeze(scales, 3), tables, S), rows.shape.slice(0, 3)); // [R, K, S]
  return dequantizeInt8({ levels: rows, scales: own });
}

/** The sequences' slots as one run: pool `[pages, K, P, D]` → `[R, K, S, D]`. */
function gatherPages(pool: Tensor, tables: Tensor, S: number): Tensor {
  const [R, width] = tables.shape as [number, number];
  const [, K, P, D] = pool.shape as [number, number, number, number];
  const rows = permute(gather(pool, tables), [0, 2, 1, 3, 4]); // [R, K, width, P, D]
  return narrow(reshape(rows, [R, K, width * P, D]), 2, 0, S);
}

/** Integers from low to high; others become the nearest. */
const clamp = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high);
