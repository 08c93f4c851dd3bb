import { describeBackend } from "@helium-lm/tensor/conformance";
import { createFloat64Backend } from "./float64-backend.ts";

const noErf = "JavaScript's Math has no erf, and this example adds none";
const noQuant = "this example has no gatherQuant kernel, so it stores no block-quantised matrices";

describeBackend({
  name: "float64",
  create: createFloat64Backend,
  runs: 3,
  bitExactRows: true,
  skip: [
    { op: "unary", variant: "erf", reason: noErf },
    { op: "gatedActivation", variant: "gelu", reason: noErf },
    { op: "quantMatmul", reason: noQuant },
    { op: "gatherQuant", reason: noQuant },
  ],
});
