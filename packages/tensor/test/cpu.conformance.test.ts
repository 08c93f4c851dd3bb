import { createCpuBackend } from "@helium-lm/tensor/backends/cpu";
import { describeBackend } from "@helium-lm/tensor/conformance";

describeBackend({ name: "cpu", create: createCpuBackend, bitExactRows: true, skip: [] });
