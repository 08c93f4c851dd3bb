import { ArgumentError } from "../errors.ts";
import type { ActivationName } from "../kernels.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { add, maximum, mul } from "./binary.ts";
import { requireFloat } from "./dispatch.ts";
import { sigmoid } from "./compose.ts";
import { erf, tanh } from "./unary.ts";

/** √(2/π), the slope of the tanh form of GELU. */
const TANH_SLOPE = Math.sqrt(2 / Math.PI);

/** x·σ(x) */
const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))), Hendrycks & Gimpel, arXiv 1606.08415 */
const geluTanh = (x: Tensor): Tensor => {
  const inner = mul(mul(x, TANH_SLOPE), add(mul(mul(x, x), 0.044715), 1));
  return mul(mul(x, 0.5), add(tanh(inner), 1));
};

/** The activation table: HF's names, each as a composition of core ops in the dtype of x. */
const activations: { readonly [K in ActivationName]: (x: Tensor) => Tensor } = {
  silu,
  swish: silu,
  // ½x(1 + erf(x/√2))
  gelu: (x) => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)),
  gelu_pytorch_tanh: geluTanh,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  relu: (x) => maximum(x, 0),
  relu2: (x) => {
    const positive = maximum(x, 0);
    return mul(positive, positive);
  },
  // x·σ(1.702x)
  quick_gelu: (x) => mul(x, sigmoid(mul(x, 1.702))),
  sigmoid,
  tanh,
};

/** Every name `activation()` takes. */
export const activationNames: readonly ActivationName[] = Object.keys(activations) as ActivationName[];

export function isActivationName(name: string): name is ActivationName {
  return Object.hasOwn(activations, name);
}

/** The named activation of x, element by element. @throws ArgumentError for an unknown name, DTypeError */
export function activation(x: Tensor, name: ActivationName): Tensor {
  requireFloat("activation", "x", x);
  if (!isActivationName(name))
    throw new ArgumentError("activation", `unknown name "${String(name)}"; known: ${activationNames.join(", ")}`, {
      given: name,
      known: activationNames,
    });
  return scope(() => activations[name](x));
}
