import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { fewerOnSoftware } from "./fewer-on-software.ts";
import { gpuJsConformance } from "../../../../testing/conformance/gpujs-options.ts";

describeBackend({
  ...gpuJsConformance("webasm"),
  ...(isLeftToSoak("other dtypes in webasm") && { only: { dtype: "f32" } }),
  ...fewerOnSoftware("matmul"),
  create: () => createGpuJsBackend({ mode: "webasm" }),
});
