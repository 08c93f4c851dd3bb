import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { isLeftToSoak } from "../../../../testing/full-form.ts";
import { fewerOnSoftware } from "./fewer-on-software.ts";
import { deviceConformance } from "../../../../testing/conformance/device-options.ts";

describeBackend({
  ...deviceConformance("webasm"),
  ...(isLeftToSoak("other dtypes in webasm") && { only: { dtype: "f32" } }),
  ...fewerOnSoftware("matmul"),
  create: () => createGpuJsBackend({ mode: "webasm" }),
});
