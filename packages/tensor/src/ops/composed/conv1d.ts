import { ArgumentError, ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { checkOptionNames, type OptionNames } from "../../option-names.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add } from "../binary.ts";
import { asDType } from "../cast.ts";
import { commonBackend, commonDType, requireFloat, requireShape } from "../dispatch.ts";
import { matmul } from "../matmul.ts";
import { reshape, squeeze, unsqueeze } from "../view.ts";
import { pad } from "./pad.ts";

export interface Conv1dOptions {
  /** Distance of the windows; default 1. */
  readonly stride?: number;
  /** Zeros on either side; `same` keeps the length (stride 1 only), `valid` adds none. Default 0. */
  readonly padding?: number | "same" | "valid";
  /** Distance of the elements in a window; default 1. */
  readonly dilation?: number;
  /** Runs of channels that are convolved each by filters of its own; default 1. */
  readonly groups?: number;
}

const conv1dOptions: OptionNames<Conv1dOptions> = { stride: true, padding: true, dilation: true, groups: true };

/**
 * Cross-correlation along the last axis (PyTorch's conv1d), sums in f32:
 * `out[b, o, t] = bias[o] + Σ_c Σ_k weight[o, c, k] · x[b, c, t·stride + k·dilation − padding]`, c over the channels of o's
 * group.
 *
 * @param x `[B, C, L]` or `[C, L]`
 * @param weight `[O, C / groups, K]`
 * @param bias `[O]`
 * @returns `[B, O, T]` or `[O, T]` with `T = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1`; the caller's to dispose
 * @throws ShapeError, DTypeError unless all are of one float dtype, ArgumentError for an option outside its range
 * @example
 * conv1d(x, weight, bias, { stride: 2, padding: 1 });
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv1dOptions = {}): Tensor {
  checkOptionNames("conv1d", options, conv1dOptions);
  const { stride = 1, dilation = 1, groups = 1 } = options;
  commonBackend("conv1d", x, weight, bias);
  const dtype = commonDType("conv1d", x, weight, ...(bias ? [bias] : []));
  requireFloat("conv1d", "x", x);
  for (const [name, value] of Object.entries({ stride, dilation, groups }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ArgumentError("conv1d", `${name} is ${value}; expected a whole number ≥ 1`, { given: value, name });
  const [O = 0, C = 0, K = 0] = weight.shape;
  if (weight.rank !== 3 || K < 1 || O % groups !== 0)
    throw new ShapeError(
      "conv1d",
      `weight is ${formatShape(weight.shape)} with groups ${groups}; expected [O, C / groups, K], K ≥ 1 and O a multiple of groups`,
      { given: weight.shape, groups },
    );
  if ((x.rank !== 2 && x.rank !== 3) || x.shape[x.rank - 2] !== C * groups)
    throw new ShapeError(
      "conv1d",
      `x is ${formatShape(x.shape)} beside weight ${formatShape(weight.shape)} with groups ${groups}; expected [B, ${C * groups}, L] or [${C * groups}, L]`,
      { given: x.shape, weight: weight.shape, groups },
    );
  if (bias) requireShape("conv1d", "bias", bias, [O]);
  const reach = dilation * (K - 1);
  const widths = paddingOf(options.padding ?? 0, reach, stride);
  const L = x.shape[x.rank - 1] + widths[0] + widths[1];
  if (L <= reach)
    throw new ShapeError(
      "conv1d",
      `x ${formatShape(x.shape)} has ${L} elements with its padding, a window reaches over ${reach + 1}; pad more`,
      { given: x.shape, weight: weight.shape },
    );
  const T = Math.floor((L - reach - 1) / stride) + 1;
  return scope(() => {
    const batch = asDType(x.rank === 3 ? x : unsqueeze(x, 0), "f32"); // [B, C·groups, L]
    const padded = widths[0] + widths[1] > 0 ? pad(batch, [[0, 0], [0, 0], widths]) : batch;
    const B = padded.shape[0];
    const { shape, layout } = reshape(padded, [B, groups, C, L]);
    // Every window as a column: a view, in which windows overlap.
    const step = layout.strides[3];
    const windows = padded.view({
      shape: [B, groups, C, K, T],
      strides: [...layout.strides.slice(0, 3), step * dilation, step * stride],
      offset: layout.offset,
    });
    const columns = reshape(windows, [...shape.slice(0, 2), C * K, T]); // [B, groups, C·K, T]
    const filters = reshape(asDType(weight, "f32"), [groups, O / groups, C * K]);
    const products = reshape(matmul(filters, columns), [B, O, T]);
    const out = asDType(bias ? add(products, unsqueeze(asDType(bias, "f32"), 1)) : products, dtype);
    return x.rank === 3 ? out : squeeze(out, 0);
  });
}

function paddingOf(padding: number | "same" | "valid", reach: number, stride: number): readonly [number, number] {
  if (padding === "same") {
    if (stride !== 1)
      throw new ArgumentError("conv1d", `padding "same" with stride ${stride}; it needs stride 1`, { given: stride });
    return [Math.floor(reach / 2), Math.ceil(reach / 2)];
  }
  const width = padding === "valid" ? 0 : padding;
  if (!Number.isSafeInteger(width) || width < 0)
    throw new ArgumentError("conv1d", `padding is ${String(padding)}; expected a whole number ≥ 0, "same" or "valid"`, {
      given: padding,
    });
  return [width, width];
}
