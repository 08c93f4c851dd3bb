import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";

// The kernels are those that Chromium runs; here it is the bindings that are new.
await describeConformanceInProcess({
  mode: "wgsl",
  ...(isLeftToSoak("webgpu in Node") && { only: { check: "value", dtype: "f32" } }),
});
