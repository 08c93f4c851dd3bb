import { dtypes } from "../../../dtypes/dtype.ts";
import type { CoreKernels } from "../../../contract/kernels.ts";
import type { Runtime } from "../runtime.ts";

/** Ops without inputs; `arange` runs on the host: `start + i·step` is rounded once there, on the device twice. */
export const creationKernels = (runtime: Runtime): Pick<CoreKernels, "fill"> => ({
  /** Nothing runs: a constant travels as an argument of the kernels that read it. */
  fill(out, _, { value }) {
    const { encode, decode } = dtypes[out.dtype];
    runtime.schedule("fill", out, [], function* (target) {
      runtime.residency.put(target, { kind: "constant", value: decode(encode(value)) });
    });
  },
});
