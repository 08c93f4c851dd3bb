import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import { describeBackend } from "@helium-lm/tensor/conformance";

describeBackend({ name: "reference", create: createReferenceBackend, bitExactRows: true, skip: [] });
