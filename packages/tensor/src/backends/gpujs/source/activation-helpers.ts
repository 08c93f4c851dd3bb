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
  relu6: floatHelper("function relu6(x) { return smaller(larger(x, 0.0), 6.0); }", 1, ["smaller", "larger"]),
  leakyRelu: floatHelper("function leakyRelu(x) { return larger(x, 0.01 * x); }", 1, ["larger"]),
  hardSwish: floatHelper("function hardSwish(x) { return x * (relu6(x + 3) / 6); }", 1, ["relu6"]),
  // tanh(ln(1 + eˣ)) = n/(n + 2) with n = eˣ(eˣ + 2), which is 1 in f32 from x = 20 on.
  mish: floatHelper(
    "function mish(x) { const e = exponential(smaller(x, 20.0)); const n = e * (e + 2); return x * (n / (n + 2)); }",
    1,
    ["exponential", "smaller"],
  ),
  linear: floatHelper("function linear(x) { return x; }", 1),
};
