import type { ActivationName } from "../../../contract/kernels.ts";
import { errorFunction, exponential, hyperbolicTangent } from "./exponential.ts";
import { larger, smaller } from "./floats.ts";
import { helper, wgsl, type Helper } from "./tag.ts";

const sigmoid = helper(wgsl`fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + ${exponential}(-x)); }`);

/** x·σ(x), of which −∞·0 is NaN as it is by the formula. */
const silu = helper(wgsl`fn silu(x: f32) -> f32 { return x * ${sigmoid}(x); }`);

const quickGelu = helper(wgsl`fn quickGelu(x: f32) -> f32 { return x * ${sigmoid}(1.702 * x); }`);

const gelu = helper(wgsl`fn gelu(x: f32) -> f32 { return 0.5 * x * (1.0 + ${errorFunction}(x * ${Math.SQRT1_2})); }`);

const geluTanh = helper(
  wgsl`fn geluTanh(x: f32) -> f32 {
    return 0.5 * x * (1.0 + ${hyperbolicTangent}(${Math.sqrt(2 / Math.PI)} * (x + 0.044715 * x * x * x)));
  }`,
);

const relu = helper(wgsl`fn relu(x: f32) -> f32 { return ${larger}(x, 0.0); }`);

const relu2 = helper(wgsl`fn relu2(x: f32) -> f32 { let positive = ${relu}(x); return positive * positive; }`);

const relu6 = helper(wgsl`fn relu6(x: f32) -> f32 { return ${smaller}(${relu}(x), 6.0); }`);

const leakyRelu = helper(wgsl`fn leakyRelu(x: f32) -> f32 { return ${larger}(x, 0.01 * x); }`);

const hardSwish = helper(wgsl`fn hardSwish(x: f32) -> f32 { return x * (${relu6}(x + 3.0) / 6.0); }`);

/** tanh(ln(1 + eˣ)) = n/(n + 2) with n = eˣ(eˣ + 2), which is 1 in f32 from x = 20 on. */
const mish = helper(
  wgsl`fn mish(x: f32) -> f32 {
    let e = ${exponential}(${smaller}(x, 20.0));
    let n = e * (e + 2.0);
    return x * (n / (n + 2.0));
  }`,
);

const linear = helper(wgsl`fn linear(x: f32) -> f32 { return x; }`);

/** Activations by their formulas, in f32. */
export const activations: { readonly [K in ActivationName]: Helper } = {
  silu,
  swish: silu,
  gelu,
  gelu_python: gelu,
  gelu_pytorch_tanh: geluTanh,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  relu,
  relu2,
  relu6,
  leaky_relu: leakyRelu,
  hardswish: hardSwish,
  mish,
  linear,
  quick_gelu: quickGelu,
  sigmoid,
  tanh: hyperbolicTangent,
};
