import { DTypeError, ShapeError } from "../../errors.ts";
import { formatShape } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { add, div, mul, sub } from "../binary.ts";
import { cast } from "../cast.ts";
import { commonBackend, requireShape, runFused } from "../dispatch.ts";
import { max } from "../reduce.ts";
import { abs } from "../unary.ts";
import { unsqueeze } from "../view.ts";

/** Rows of 8-bit levels with a scale each: element d of a row is `levels[…, d] · scales[…]`. */
export interface Int8Rows {
  /** `[..., D]` i8 */
  readonly levels: Tensor;
  /** `[...]` f32 */
  readonly scales: Tensor;
}

/** 1.5 · 2²³: adding it to a small f32 and taking it off again rounds to a whole number, halves to even. */
const ROUND = 12_582_912;

/** Definition: `max |x| / 127` over the last axis. */
export function composeInt8Scales(x: Tensor): Tensor {
  return scope(() => div(max(abs(x), -1), 127));
}

/** Definition: `x / scale` to the nearest level, halves to even. */
export function composeInt8Levels(x: Tensor, scales: Tensor): Tensor {
  return scope(() => cast(sub(add(div(x, unsqueeze(scales, -1)), ROUND), ROUND), "i8"));
}

/**
 * Quantises every row of the last axis to 8 bits by its largest magnitude: what a key/value cache in `q8_0` holds. The
 * error is at most half a scale; a row with NaN or an infinity becomes NaN as a whole.
 *
 * @param x `[..., D]` f32, D ≥ 1
 * @throws DTypeError, ShapeError
 */
export function quantizeInt8(x: Tensor): Int8Rows {
  if (x.dtype !== "f32")
    throw new DTypeError("quantizeInt8", `x is ${x.dtype}; expected f32, cast() it`, { given: x.dtype });
  if (x.rank === 0 || x.shape[x.rank - 1] === 0)
    throw new ShapeError("quantizeInt8", `x is ${formatShape(x.shape)}; expected rows of at least one element`, {
      given: x.shape,
    });
  const { backend } = x;
  const rows = { shape: x.shape.slice(0, -1), dtype: "f32" } as const;
  const scales = runFused("int8Scales", backend, rows, { x }, {}, () => composeInt8Scales(x));
  return { levels: int8Levels(x, scales), scales };
}

/** The second half of `quantizeInt8`: x `[..., D]` by given scales `[...]`. */
export function int8Levels(x: Tensor, scales: Tensor): Tensor {
  const out = { shape: x.shape, dtype: "i8" } as const;
  return runFused("int8Levels", x.backend, out, { x, scales }, {}, () => composeInt8Levels(x, scales));
}

/** `levels · scales`, in f32. @throws DTypeError, ShapeError */
export function dequantizeInt8({ levels, scales }: Int8Rows): Tensor {
  commonBackend("dequantizeInt8", levels, scales);
  if (levels.dtype !== "i8" || scales.dtype !== "f32")
    throw new DTypeError(
      "dequantizeInt8",
      `levels are ${levels.dtype} and scales ${scales.dtype}; expected i8 and f32`,
      {
        given: [levels.dtype, scales.dtype],
      },
    );
  requireShape("dequantizeInt8", "scales", scales, levels.shape.slice(0, -1));
  return scope(() => mul(cast(levels, "f32"), unsqueeze(scales, -1)));
}
