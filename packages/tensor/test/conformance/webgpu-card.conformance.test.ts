import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { describeConformanceInProcess } from "../node-process/describe-conformance-in-process.ts";

// On a processor that plays a card, which takes it for one: kernels for cards, and those of optional features.
const few = (["q4_0", "q8_0"] as const).map((format) => ({ op: "quantMatmul", check: "value", format }) as const);
await describeConformanceInProcess(
  { mode: "wgsl card", ...(isLeftToSoak("webgpu with optional features") && { only: few }) },
  {},
);
