import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { gpuJsConformance } from "./gpujs-conformance.ts";

describeBackend({ ...gpuJsConformance("cpu"), create: () => createGpuJsBackend({ mode: "cpu" }) });
