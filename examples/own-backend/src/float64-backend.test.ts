import { describeBackend, skipQuant } from "@helium-lm/tensor/conformance";
import { isCut } from "../../../testing/short-form.ts";
import { createFloat64Backend } from "./float64-backend.ts";

const noErf = "JavaScript's Math has no erf, and this example adds none";

describeBackend({
  name: "float64",
  create: createFloat64Backend,
  runs: isCut("conformance draws") ? 1 : 3,
  ...(isCut("example backend") && { only: { dtype: "f16" } }),
  bitExactRows: true,
  skip: [
    { op: "unary", variant: "erf", reason: noErf },
    { op: "gatedActivation", variant: "gelu", reason: noErf },
    { op: "gatedActivation", variant: "gelu_python", reason: noErf },
    ...skipQuant("this example has no gatherQuant kernel, so it stores no block-quantised matrices"),
  ],
});
