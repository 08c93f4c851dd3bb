import type { Backend } from "../../backend.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import type { AttentionParams } from "../../kernels.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import { tensor, type Tensor } from "../../tensor.ts";
import { add, mul } from "../binary.ts";
import { cast } from "../cast.ts";
import { le, lt } from "../compare.ts";
import { commonBackend, requireFloat, requireShape, runFused } from "../dispatch.ts";
import { arange, full } from "../fill.ts";
import { gather } from "../gather.ts";
import { matmul } from "../matmul.ts";
import { tanh } from "../unary.ts";
import { expand, narrow, permute, reshape, transpose, unsqueeze } from "../view.ts";
import { where } from "../where.ts";
import { dequantizeInt8 } from "./int8-rows.ts";
import { composeSoftmax } from "./softmax.ts";

export interface AttentionOptions {
  /** Factor on the scores, usually D^−½. */
  readonly scale: number;
  /** Hide keys after the query's own slot; default true. */
  readonly causal?: boolean;
  /** See only this many keys up to and including the own slot; default null: all. */
  readonly window?: number | null;
  /** Scores become `c·tanh(s/c)`; default null: as they are. */
  readonly softcap?: number | null;
  /** Page table `[B, pages]` (i32): slot s of row b is in page `tables[b][s div P]`. Default: page b is row b. */
  readonly tables?: Tensor;
  /** Key slots in use per row; default: all P of the only page. */
  readonly lengths?: readonly number[];
  /** Broadcasts to `[B, H, T, S]`, S the longest length: bool (true = visible) or float (added to the scores). */
  readonly mask?: Tensor;
  /** Keys in i8 are levels (`quantizeInt8`) with these scales, `[N, K, P]` f32. */
  readonly keyScales?: Tensor;
  /** As `keyScales`, of the values; both or neither. */
  readonly valueScales?: Tensor;
}

/** Result of the definition: the op itself needs only the output. */
export interface AttentionResult {
  /** `[B, H, T, Dv]` */
  readonly output: Tensor;
  /** Probabilities `[B, H, T, S]` */
  readonly weights: Tensor;
}

interface PagedInputs {
  readonly q: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly tables: Tensor;
  readonly mask?: Tensor;
  readonly keyScales?: Tensor;
  readonly valueScales?: Tensor;
}

/** As `gatherPages`, in floats: a pool of levels goes with its scales. */
function gatherFloats(pool: Tensor, scales: Tensor | undefined, tables: Tensor, S: number): Tensor {
  const rows = gatherPages(pool, tables, S);
  if (!scales) return rows;
  const own = reshape(gatherPages(unsqueeze(scales, 3), tables, S), rows.shape.slice(0, 3)); // [B, K, S]
  return dequantizeInt8({ levels: rows, scales: own });
}

/** The rows' slots as one run: pool `[N, K, P, D]` → `[B, K, S, D]`. */
function gatherPages(pool: Tensor, tables: Tensor, S: number): Tensor {
  const [B, pages] = tables.shape as [number, number];
  const [, K, P, D] = pool.shape as [number, number, number, number];
  const rows = permute(gather(pool, tables), [0, 2, 1, 3, 4]); // [B, K, pages, P, D]
  return narrow(reshape(rows, [B, K, pages * P, D]), 2, 0, S);
}

/** Which slots hold keys and values of their row: bool `[B, 1, 1, S]`. */
function usedSlots(backend: Backend, S: number, lengths: readonly number[]): Tensor {
  return lt(arange(backend, 0, S), tensor(backend, lengths, { shape: [lengths.length, 1, 1, 1], dtype: "i32" }));
}

/** Which keys each query sees: bool `[B, 1, T, S]`. */
function visibleKeys(q: Tensor, used: Tensor, { lengths, causal, window }: AttentionParams): Tensor {
  const { backend } = q;
  const [B, , T] = q.shape as [number, number, number];
  const S = used.shape[3];
  const key = arange(backend, 0, S); // [S]
  const slots = lengths.flatMap((length) => Array.from({ length: T }, (_, t) => length - T + t));
  const slot = tensor(backend, slots, { shape: [B, 1, T, 1], dtype: "i32" });
  const nowhere = full(backend, [], 0, "bool");
  let visible = expand(used, [B, 1, T, S]);
  if (causal) visible = where(le(key, slot), visible, nowhere);
  if (window !== null) visible = where(lt(slot, add(key, window)), visible, nowhere);
  return visible;
}

/**
 * Definition. Per query: scores `q·k·scale` (softcapped, masked), softmax in f32 over the visible keys, weighted sum of
 * the values. Query head h uses kv head `h div (H/K)`.
 */
export function composeAttention(
  { q, keys, values, tables, mask, keyScales, valueScales }: PagedInputs,
  params: AttentionParams,
): AttentionResult {
  return scope(() => {
    const [B, H, T, D] = q.shape as [number, number, number, number];
    const K = keys.shape[1];
    const S = Math.max(0, ...params.lengths);
    const k = unsqueeze(gatherFloats(keys, keyScales, tables, S), 2); // [B, K, 1, S, D]
    const used = usedSlots(q.backend, S, params.lengths);
    // Unused slots hold anything, also NaN, which a weight of 0 does not silence.
    const stored = gatherFloats(values, valueScales, tables, S); // [B, K, S, Dv]
    const v = unsqueeze(where(reshape(used, [B, 1, S, 1]), stored, 0), 2);
    const grouped = reshape(q, [B, K, H / K, T, D]);
    let scores = reshape(mul(matmul(grouped, transpose(k)), params.scale), [B, H, T, S]);
    if (params.softcap !== null) scores = mul(tanh(mul(scores, 1 / params.softcap)), params.softcap);
    scores = cast(scores, "f32");
    let visible = expand(visibleKeys(q, used, params), [B, H, T, S]);
    if (mask?.dtype === "bool") visible = where(mask, visible, full(q.backend, [], 0, "bool"));
    else if (mask) {
      const added = cast(mask, "f32");
      visible = where(lt(full(q.backend, [], -Infinity), added), visible, full(q.backend, [], 0, "bool"));
      scores = add(scores, added);
    }
    // A row without a visible key becomes NaN in the softmax and 0 by the second `where`.
    const shares = scores.size === 0 ? scores : composeSoftmax(where(visible, scores, -Infinity));
    const weights = cast(where(visible, shares, 0), q.dtype);
    const mixed = matmul(reshape(weights, [B, K, H / K, T, S]), v); // [B, K, H/K, T, Dv]
    return { output: reshape(mixed, [B, H, T, v.shape[4]]), weights };
  });
}

/**
 * Grouped-query attention over paged keys and values (Ainslie et al., arXiv 2305.13245; pages as in Kwon et al.,
 * arXiv 2309.06180). The T queries of row b stand at slots `lengths[b] − T … lengths[b] − 1`. A query that sees no key
 * gives 0.
 *
 * @param q `[B, H, T, D]`
 * @param keys pool of pages `[N, K, P, D]`; without `tables` simply `[B, K, S, D]`
 * @param values `[N, K, P, Dv]`
 * @returns `[B, H, T, Dv]` in the dtype of q
 * @throws ShapeError, DTypeError, ArgumentError
 */
export function attention(q: Tensor, keys: Tensor, values: Tensor, options: AttentionOptions): Tensor {
  return scope(() => {
    const { inputs, params } = prepare(q, keys, values, options);
    const out = { shape: [...q.shape.slice(0, 3), values.shape[3]], dtype: q.dtype };
    return runFused("attention", q.backend, out, inputs, params, () => composeAttention(inputs, params).output);
  });
}

/** `attention` that also returns the probabilities `[B, H, T, S]`; always by the definition. */
export function attentionWithWeights(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions,
): AttentionResult {
  return scope(() => {
    const { inputs, params } = prepare(q, keys, values, options);
    return composeAttention(inputs, params);
  });
}

function prepare(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions,
): { inputs: PagedInputs; params: AttentionParams } {
  const op = "attention";
  const { scale, causal = true, window = null, softcap = null, mask } = options;
  const { keyScales, valueScales } = options;
  const backend = commonBackend(op, q, keys, values, options.tables, mask, keyScales, valueScales);
  const quantised = keyScales !== undefined || valueScales !== undefined;
  for (const [name, t] of Object.entries({ q, keys, values })) {
    if (name === "q" || !quantised) requireFloat(op, name, t);
    requireShape(op, name, t, [-1, -1, -1, -1]);
  }
  const [B, H, T, D] = q.shape as [number, number, number, number];
  const [N, K, P] = keys.shape as [number, number, number, number];
  requireShape(op, "keys", keys, [N, K, P, D]);
  requireShape(op, "values", values, [N, K, P, -1]);
  if (K === 0 || H % K !== 0)
    throw new ShapeError(op, `${H} query heads are no multiple of ${K} kv heads`, { q: q.shape, keys: keys.shape });
  if (!options.tables && N !== B)
    throw new ShapeError(op, `${N} pages for ${B} rows; give tables, or keys of shape [B, K, S, D]`, {
      keys: keys.shape,
      q: q.shape,
    });
  const tables = options.tables ?? reshape(arange(backend, 0, B), [B, 1]);
  if (tables.dtype !== "i32")
    throw new DTypeError(op, `tables are ${tables.dtype}; expected i32`, { given: tables.dtype });
  requireShape(op, "tables", tables, [B, -1]);
  const slots = tables.shape[1] * P;
  const lengths = options.lengths ?? new Array<number>(B).fill(slots);
  if (lengths.length !== B || lengths.some((n) => !Number.isInteger(n) || n < T || n > slots))
    throw new ShapeError(
      op,
      `lengths [${lengths.join(", ")}] for ${B} rows; expected ${B} integers from T = ${T} to ${slots}`,
      {
        lengths,
        rows: B,
        slots,
      },
    );
  if (!Number.isFinite(scale))
    throw new ArgumentError(op, `scale is ${scale}; expected a finite number`, { given: scale });
  if (softcap !== null && !(softcap > 0))
    throw new ArgumentError(op, `softcap is ${softcap}; expected a number > 0 or null`, { given: softcap });
  if (window !== null && !(Number.isInteger(window) && window > 0))
    throw new ArgumentError(op, `window is ${window}; expected an integer > 0 or null`, { given: window });
  const params = { lengths, scale, causal, window, softcap };
  const inputs = { q, keys, values, tables, ...checkedScales(keys, values, options) };
  if (!mask) return { inputs, params };
  if (mask.dtype !== "bool") requireFloat(op, "mask", mask);
  const S = Math.max(0, ...lengths);
  return { inputs: { ...inputs, mask: expandMask(mask, [B, H, T, S]) }, params };
}

/** The scales of pools of levels; nothing for pools of floats. */
function checkedScales(
  keys: Tensor,
  values: Tensor,
  { keyScales, valueScales }: AttentionOptions,
): Pick<PagedInputs, "keyScales" | "valueScales"> {
  if (!keyScales && !valueScales) return {};
  const given = [keys, values, keyScales, valueScales].map((t) => t?.dtype ?? "missing");
  if (!keyScales || !valueScales || given.join() !== "i8,i8,f32,f32")
    throw new DTypeError(
      "attention",
      `keys, values, keyScales and valueScales are ${given.join(", ")}; expected i8, i8, f32, f32, as quantizeInt8 gives them`,
      { given },
    );
  for (const [name, t] of Object.entries({ keyScales, valueScales }))
    requireShape("attention", name, t, keys.shape.slice(0, 3));
  return { keyScales, valueScales };
}

function expandMask(mask: Tensor, shape: readonly number[]): Tensor {
  if (mask.rank > 4 || mask.shape.some((n, axis) => n !== 1 && n !== shape[axis + 4 - mask.rank]))
    throw new ShapeError(
      "attention",
      `mask ${formatShape(mask.shape)} does not broadcast to [B, H, T, S] = ${formatShape(shape)}`,
      {
        given: mask.shape,
        expected: shape,
      },
    );
  return expand(mask, shape);
}
