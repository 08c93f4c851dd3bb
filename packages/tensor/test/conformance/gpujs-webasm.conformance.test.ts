import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { fewerOnSoftware } from "./fewer-on-software.ts";
import { gpuJsConformance } from "../../../../testing/conformance/gpujs-options.ts";

describeBackend({
  ...gpuJsConformance("webasm"),
  ...fewerOnSoftware("matmul"),
  create: () => createGpuJsBackend({ mode: "webasm" }),
});
