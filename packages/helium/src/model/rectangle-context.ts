import { expand, permute, reshape, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import type { AttentionContext, CacheView, KvCache, RotaryAngles } from "@helium-lm/nn";
import { InputError } from "../errors.ts";
import { attentionMask, numberRows, packedMask, type ModelInputs } from "./model-inputs.ts";

/** What attention needs, by layer. */
export type ContextOf = (layer: number) => AttentionContext;

/** B rows of T new tokens each, after `past` tokens that the cache holds. */
export interface Rectangle {
  readonly batch: number;
  readonly length: number;
  readonly past: number;
  /** The pages that the new keys and values go to; null for a pass that keeps none. */
  readonly cache: { readonly store: KvCache; readonly view: CacheView } | null;
}

/** The angles of positions by layer, which are on the device too; null for a layer that does not rotate. */
export type AnglesAt = (positions: readonly number[], onDevice: Tensor) => (layer: number) => RotaryAngles | null;

/**
 * What attention needs of a rectangle.
 *
 * @throws InputError for positions and masks that do not fit it
 */
export function rectangleContext(
  backend: Backend,
  inputs: ModelInputs,
  { batch: B, length: T, past, cache }: Rectangle,
  anglesAt: AnglesAt,
): ContextOf {
  const i32 = (values: readonly number[]): Tensor => tensor(backend, values, { dtype: "i32", shape: [values.length] });
  const positions = positionsOf(inputs.positionIds, B, T, past);
  let masking = attentionMask(backend, inputs.attentionMask, { batch: B, length: past + T });
  if (!cache && inputs.attentionMask === undefined && inputs.positionIds)
    masking = { mask: packedMask(backend, inputs.positionIds), maskIsComplete: false };
  const anglesOf = anglesAt(positions, i32(positions));
  const lengths = cache?.view.lengths ?? new Array<number>(B).fill(T);
  const paged = cache && {
    slots: cache.view.slots,
    tables: cache.view.tables,
    queryStarts: i32(Array.from({ length: B + 1 }, (_, b) => b * T)),
    lengths: i32(lengths),
  };
  const shared = {
    mask: masking.mask && maskOfTokens(masking.mask, B, T, past + T),
    maskIsComplete: masking.maskIsComplete,
    runs: lengths.map((length) => ({ count: T, length })),
    outputWeights: inputs.outputAttentions ?? false,
  };
  return (layer) => ({
    ...shared,
    rope: anglesOf(layer),
    paged: cache && paged && { ...paged, pages: cache.store.layer(layer) },
  });
}

/** The positions of all tokens, row after row: `[B·T]`. One given row is that of all. @throws InputError */
function positionsOf(positionIds: ModelInputs["positionIds"], B: number, T: number, past: number): number[] {
  const given = positionIds === undefined ? null : numberRows("positionIds", positionIds);
  const rows = given ?? [Array.from({ length: T }, (_, t) => past + t)];
  if ((rows.length !== B && rows.length !== 1) || rows.some((row) => row.length !== T))
    throw new InputError(
      "positionIds",
      `expected [${B} or 1][${T}], got ${rows.length} rows of ${rows.map((row) => row.length).join(", ")}`,
    );
  return Array.from({ length: B }, (_, b) => rows[b % rows.length] ?? []).flat();
}

/** A mask that broadcasts to `[B, H, T, S]` as `[B·T, 1 or H, S]`. */
function maskOfTokens(mask: Tensor, B: number, T: number, S: number): Tensor {
  const heads = mask.shape[1] ?? 1;
  return reshape(permute(expand(mask, [B, heads, T, S]), [0, 2, 1, 3]), [B * T, heads, S]);
}
