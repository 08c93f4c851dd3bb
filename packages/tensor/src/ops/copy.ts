import type { Tensor } from "../tensor.ts";
import { runCore } from "./dispatch.ts";

/** A contiguous copy. */
export function copy(x: Tensor): Tensor {
  return runCore("copy", x.backend, { shape: x.shape, dtype: x.dtype }, { x }, {});
}
