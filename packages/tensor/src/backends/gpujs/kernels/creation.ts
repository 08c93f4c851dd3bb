import { dtypes } from "../../../dtypes/dtype.ts";
import type { CoreKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";

/** Ops without inputs; `arange` runs on the host: `start + i·step` is rounded once there, on the device twice. */
export const creationKernels = (context: KernelContext): Pick<CoreKernels, "fill"> => ({
  /** Nothing runs: a constant travels as an argument of the kernels that read it. */
  fill(out, _, { value }) {
    const { encode, decode } = dtypes[out.dtype];
    context.schedule("fill", out, [], function* (target) {
      context.residency.put(target, { kind: "constant", value: decode(encode(value)) });
    });
  },
});
