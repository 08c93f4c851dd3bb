import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";
import { fewerJointProducts } from "./fewer-joint-products.ts";

// The kernels are those that Chromium runs; here it is the bindings that are new, and other formats.
await describeConformanceInProcess({
  mode: "wgsl",
  ...(isLeftToSoak("webgpu in Node") && {
    only: fewerJointProducts(["q4_1", "q5_K", "q6_K", "bf16"], { check: "value", dtype: "f32" }),
  }),
});
