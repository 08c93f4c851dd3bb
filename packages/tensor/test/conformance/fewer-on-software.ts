import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import { isCut } from "../../../../testing/short-form.ts";

/** What the short form of the tests runs where a processor plays the GPU: the values of all ops, or of one. */
export const fewerOnSoftware = (of: "all ops" | "matmul"): Pick<ConformanceOptions, "runs" | "only"> => {
  if (!isCut("software GPUs")) return {};
  return { runs: 1, only: { dtype: "f32", check: "value", ...(of === "matmul" && { op: of }) } };
};
