import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { fewerOnSoftware } from "./fewer-on-software.ts";
import { deviceConformance } from "../../../../testing/conformance/device-options.ts";

describeBackend({
  ...deviceConformance("cpu"),
  ...fewerOnSoftware("all ops"),
  create: () => createGpuJsBackend({ mode: "cpu" }),
});
