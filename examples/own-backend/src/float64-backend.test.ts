import { describeBackend } from "@helium-lm/tensor/conformance";
import { Float64Backend } from "./float64-backend.ts";

const reason = "JavaScript's Math has no erf, and this example adds none";

describeBackend({
  name: "float64",
  create: () => new Float64Backend(),
  runs: 3,
  bitExactRows: true,
  skip: [
    { op: "unary", variant: "erf", reason },
    { op: "gatedActivation", variant: "gelu", reason },
  ],
});
