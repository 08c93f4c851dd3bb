import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { isCut } from "../../../../testing/short-form.ts";
import { gpuJsConformance } from "../../../../testing/conformance/gpujs-options.ts";

describeBackend({
  ...gpuJsConformance("cpu"),
  ...(isCut("conformance draws") && { runs: 1 }),
  create: () => createGpuJsBackend({ mode: "cpu" }),
});
