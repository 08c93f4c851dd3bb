import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { gpuJsConformance } from "./gpujs-conformance.ts";

describeBackend({ ...gpuJsConformance("webasm"), create: () => createGpuJsBackend({ mode: "webasm" }) });
