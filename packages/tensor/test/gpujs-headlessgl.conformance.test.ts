import { it } from "vitest";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeBackend } from "@helium-lm/tensor/conformance";
import { gpuJsConformance } from "./gpujs-conformance.ts";

const mode = "headlessgl";
const reason = await createGpuJsBackend({ mode }).then(
  (backend) => backend.dispose(),
  (error: Error) => error.message,
);
if (reason === undefined) describeBackend({ ...gpuJsConformance(mode), create: () => createGpuJsBackend({ mode }) });
else it.skip(reason, () => undefined);
