import { dtypes } from "../../../dtypes/dtype.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { arrayOf } from "../host-memory.ts";

export const fill: Kernel<"fill"> = (out, _, { value }) => {
  const { offset, shape } = out.layout;
  arrayOf(out.handle).fill(dtypes[out.dtype].encode(value), offset, offset + sizeOf(shape));
};
