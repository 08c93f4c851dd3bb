import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";

// The kernels are those that Chromium runs with more calls; here it is the bindings that are new.
await describeConformanceInProcess({
  ...{ mode: "webgpu", runs: 1 },
  ...(isLeftToSoak("WebGPU in Node") && { only: { check: "value" } }),
});
