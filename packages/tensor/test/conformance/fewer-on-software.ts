import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import { isCut } from "../../../../testing/short-form.ts";

/** What the short form of the tests runs where a processor plays the GPU. */
export const fewerOnSoftware = (): Pick<ConformanceOptions, "runs" | "only"> =>
  isCut("software GPUs") ? { runs: 1, only: { dtype: "f32", check: "value" } } : {};
