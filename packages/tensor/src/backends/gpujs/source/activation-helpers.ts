import { floatHelper } from "./helper.ts";

/** Activations by their formulas, in f32. */
export const activationHelpers = {
  sigmoid: floatHelper("function sigmoid(x) { return 1 / (1 + exponential(-x)); }", 1, ["exponential"]),
  silu: floatHelper("function silu(x) { return x * sigmoid(x); }", 1, ["sigmoid"]),
  quickGelu: floatHelper("function quickGelu(x) { return x * sigmoid(1.702 * x); }", 1, ["sigmoid"]),
  gelu: floatHelper(`function gelu(x) { return 0.5 * x * (1 + errorFunction(x * ${Math.SQRT1_2})); }`, 1, [
    "errorFunction",
  ]),
  geluTanh: floatHelper(
    `function geluTanh(x) { return 0.5 * x * (1 + hyperbolicTangent(${Math.sqrt(2 / Math.PI)} * (x + 0.044715 * x * x * x))); }`,
    1,
    ["hyperbolicTangent"],
  ),
  relu: floatHelper("function relu(x) { return larger(x, 0.0); }", 1, ["larger"]),
  relu2: floatHelper("function relu2(x) { const positive = relu(x); return positive * positive; }", 1, ["relu"]),
};
