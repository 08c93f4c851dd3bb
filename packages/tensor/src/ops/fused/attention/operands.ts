import type { Backend } from "../../../contract/backend.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import type { AttentionParams } from "../../../contract/kernels.ts";
import { formatShape } from "../../../layout.ts";
import { tensor, type Tensor } from "../../../tensor.ts";
import { commonBackend, requireFloat, requireShape } from "../../dispatch.ts";
import { arange } from "../../fill.ts";
import { expand, narrow, permute, reshape } from "../../view.ts";
import type { AttentionPools, RaggedInputs } from "./composition.ts";
import type { AttentionOptions, AttentionSettings, RaggedAttentionOptions } from "./options.ts";

const OP = "attention";

/** A checked call of the ragged face. */
export interface RaggedCall {
  readonly inputs: RaggedInputs;
  readonly params: AttentionParams;
}

/** A checked call of the rectangular face, with what the kernel takes instead. */
export interface RectangularCall extends RaggedCall {
  /** Longest length. */
  readonly S: number;
  /** `[B, H, T, S]` */
  readonly mask: Tensor | undefined;
}

/** Checks q `[N, H, D]` beside the rest. @throws ShapeError, DTypeError, ArgumentError */
export function raggedCall(q: Tensor, keys: Tensor, values: Tensor, options: RaggedAttentionOptions): RaggedCall {
  const { tables, queryStarts, lengths, mask } = options;
  const { pools, params } = checkedPools(q, keys, values, options);
  const [N, H] = q.shape as [number, number];
  for (const [name, t, rank] of [
    ["tables", tables, 2],
    ["queryStarts", queryStarts, 1],
    ["lengths", lengths, 1],
  ] as const) {
    requireShape(OP, name, t, new Array<number>(rank).fill(-1));
    requireI32(name, t);
  }
  const R = tables.shape[0];
  requireShape(OP, "queryStarts", queryStarts, [R + 1]);
  requireShape(OP, "lengths", lengths, [R]);
  const inputs = { q, ...pools, tables, queryStarts, lengths };
  if (!mask) return { inputs, params };
  if (mask.dtype !== "bool") requireFloat(OP, "mask", mask);
  const last = mask.shape.at(-1) ?? 1;
  const slots = last === 1 ? tables.shape[1] * keys.shape[2] : last;
  return { inputs: { ...inputs, mask: expandMask(mask, [N, H, slots], "[N, H, S]") }, params };
}

/** Checks q `[B, H, T, D]` beside the rest. @throws ShapeError, DTypeError, ArgumentError */
export function rectangularCall(q: Tensor, keys: Tensor, values: Tensor, options: AttentionOptions): RectangularCall {
  const { backend } = q;
  const { pools, params } = checkedPools(q, keys, values, options);
  const [B, H, T, D] = q.shape as [number, number, number, number];
  const [pages, , P] = keys.shape as [number, number, number];
  if (!options.tables && pages !== B)
    throw new ShapeError(OP, `${pages} pages for ${B} rows; give tables, or keys of shape [B, K, S, D]`, {
      keys: keys.shape,
      q: q.shape,
    });
  const tables = options.tables ?? reshape(arange(backend, 0, B), [B, 1]);
  requireI32("tables", tables);
  requireShape(OP, "tables", tables, [B, -1]);
  const slots = tables.shape[1] * P;
  const lengths = options.lengths ?? new Array<number>(B).fill(slots);
  if (lengths.length !== B || lengths.some((n) => !Number.isInteger(n) || n < T || n > slots))
    throw new ShapeError(
      OP,
      `lengths [${lengths.join(", ")}] for ${B} rows; expected ${B} integers from T = ${T} to ${slots}`,
      { lengths, rows: B, slots },
    );
  const S = Math.max(0, ...lengths);
  const given = options.mask;
  if (given && given.dtype !== "bool") requireFloat(OP, "mask", given);
  const mask = given && expandMask(given, [B, H, T, S], "[B, H, T, S]");
  const inputs = {
    q: reshape(permute(q, [0, 2, 1, 3]), [B * T, H, D]),
    ...pools,
    tables,
    ...steps(backend, lengths, T),
  };
  return { inputs: given ? { ...inputs, mask: flatMask(given, [B, H, T, S]) } : inputs, params, S, mask };
}

/** queryStarts `[B + 1]` and lengths `[B]` of B rows with T tokens each; both lie in one tensor. */
function steps(backend: Backend, lengths: readonly number[], T: number): Pick<RaggedInputs, "queryStarts" | "lengths"> {
  const B = lengths.length;
  const starts = Array.from({ length: B + 1 }, (_, b) => b * T);
  const both = tensor(backend, [...starts, ...lengths], { shape: [2 * B + 1], dtype: "i32" });
  return { queryStarts: narrow(both, 0, 0, B + 1), lengths: narrow(both, 0, B + 1, B) };
}

/** Dtypes, pools and parameters, which both faces have. */
function checkedPools(
  q: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions | RaggedAttentionOptions,
): { pools: AttentionPools; params: AttentionParams } {
  const { scale, causal = true, window = null, softcap = null, tables, mask, keyScales, valueScales } = options;
  const further = "queryStarts" in options ? [options.queryStarts, options.lengths] : [];
  commonBackend(OP, q, keys, values, tables, mask, keyScales, valueScales, ...further);
  const quantised = keyScales !== undefined || valueScales !== undefined;
  requireFloat(OP, "q", q);
  for (const [name, t] of Object.entries({ keys, values })) {
    if (!quantised) requireFloat(OP, name, t);
    requireShape(OP, name, t, [-1, -1, -1, -1]);
  }
  const H = q.shape[1];
  const [pages, K, P] = keys.shape as [number, number, number, number];
  requireShape(OP, "keys", keys, [pages, K, P, q.shape.at(-1) ?? 0]);
  requireShape(OP, "values", values, [pages, K, P, -1]);
  if (K === 0 || H % K !== 0)
    throw new ShapeError(OP, `${H} query heads are not a multiple of ${K} kv heads`, { q: q.shape, keys: keys.shape });
  if (!Number.isFinite(scale))
    throw new ArgumentError(OP, `scale is ${scale}; expected a finite number`, { given: scale });
  if (softcap !== null && !(softcap > 0))
    throw new ArgumentError(OP, `softcap is ${softcap}; expected a number > 0 or null`, { given: softcap });
  if (window !== null && !(Number.isInteger(window) && window > 0))
    throw new ArgumentError(OP, `window is ${window}; expected an integer > 0 or null`, { given: window });
  return {
    pools: { keys, values, ...checkedScales(keys, values, options) },
    params: { scale, causal, window, softcap },
  };
}

/** The scales of pools of levels; nothing for pools of floats. */
function checkedScales(
  keys: Tensor,
  values: Tensor,
  { keyScales, valueScales }: AttentionSettings,
): Pick<AttentionPools, "keyScales" | "valueScales"> {
  if (!keyScales && !valueScales) return {};
  const given = [keys, values, keyScales, valueScales].map((t) => t?.dtype ?? "missing");
  if (!keyScales || !valueScales || given.join() !== "i8,i8,f32,f32")
    throw new DTypeError(
      OP,
      `keys, values, keyScales and valueScales are ${given.join(", ")}; expected i8, i8, f32, f32, as quantizeInt8 gives them`,
      { given },
    );
  for (const [name, t] of Object.entries({ keyScales, valueScales })) requireShape(OP, name, t, keys.shape.slice(0, 3));
  return { keyScales, valueScales };
}

function requireI32(name: string, t: Tensor): void {
  if (t.dtype !== "i32")
    throw new DTypeError(OP, `${name} is ${t.dtype}; expected i32`, { given: t.dtype, argument: name });
}

function expandMask(mask: Tensor, shape: readonly number[], axes: string): Tensor {
  const { length } = shape;
  if (mask.rank > length || mask.shape.some((n, axis) => n !== 1 && n !== shape[axis + length - mask.rank]))
    throw new ShapeError(OP, `mask ${formatShape(mask.shape)} does not broadcast to ${axes} = ${formatShape(shape)}`, {
      given: mask.shape,
      expected: shape,
    });
  return expand(mask, shape);
}

/** A mask that broadcasts to `[B, H, T, S]` as `[B·T, H, S]`; one for all heads is not copied for each. */
function flatMask(mask: Tensor, [B, H, T, S]: readonly [number, number, number, number]): Tensor {
  const own = mask.rank >= 3 ? mask.shape[mask.rank - 3] : 1;
  const rows = permute(expand(mask, [B, own, T, S]), [0, 2, 1, 3]);
  return expand(reshape(rows, [B * T, own, S]), [B * T, H, S]);
}
