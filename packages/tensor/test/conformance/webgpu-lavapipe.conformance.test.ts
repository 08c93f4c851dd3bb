import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";

// Another driver than SwiftShader, and the one with `shader-f16`: what reads f16, alone and in pairs, and what its compiler took for
// something shorter (x + c − c for x).
const few = [
  { op: "quantMatmul", check: "value", dtype: "f32", variant: "q5_1" },
  { op: "linear", check: "value", dtype: "f16" },
  { op: "int8Levels", check: "value", dtype: "f32" },
  { op: "cast", check: "value", dtype: "f16" },
] as const;
await describeConformanceInProcess(
  { mode: "wgsl lavapipe", ...(isLeftToSoak("webgpu on lavapipe") && { only: few }) },
  {},
);
