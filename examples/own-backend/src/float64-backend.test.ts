import { describeBackend, skipQuant } from "@helium-lm/tensor/conformance";
import { createFloat64Backend } from "./float64-backend.ts";

const noErf = "JavaScript's Math has no erf, and this example adds none";

describeBackend({
  name: "float64",
  create: createFloat64Backend,
  runs: 3,
  bitExactRows: true,
  skip: [
    { op: "unary", variant: "erf", reason: noErf },
    { op: "gatedActivation", variant: "gelu", reason: noErf },
    { op: "gatedActivation", variant: "gelu_python", reason: noErf },
    ...skipQuant("this example has no gatherQuant kernel, so it stores no block-quantised matrices"),
  ],
});
