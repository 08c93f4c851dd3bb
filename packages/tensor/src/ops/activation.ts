import { ArgumentError } from "../errors.ts";
import type { ActivationName } from "../contract/kernels.ts";
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, maximum, minimum, mul } from "./binary.ts";
import { sigmoid } from "./compose.ts";
import { copy } from "./copy.ts";
import { requireFloat } from "./dispatch.ts";
import { erf, exp, log, tanh } from "./unary.ts";

/** √(2/π), the slope of the tanh form of GELU. */
const TANH_SLOPE = Math.sqrt(2 / Math.PI);

/** x·σ(x) */
const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))), Hendrycks & Gimpel, arXiv 1606.08415 */
const geluTanh = (x: Tensor): Tensor => {
  const inner = mul(mul(x, TANH_SLOPE), add(mul(mul(x, x), 0.044715), 1));
  return mul(mul(x, 0.5), add(tanh(inner), 1));
};

/** ½x(1 + erf(x/√2)) */
const gelu = (x: Tensor): Tensor => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));

const relu6 = (x: Tensor): Tensor => minimum(maximum(x, 0), 6);

/** The activation table: HF's names, each as a composition of core ops in the dtype of x. */
const activations: { readonly [K in ActivationName]: (x: Tensor) => Tensor } = {
  silu,
  swish: silu,
  gelu,
  gelu_python: gelu,
  gelu_pytorch_tanh: geluTanh,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  relu: (x) => maximum(x, 0),
  relu2: (x) => {
    const positive = maximum(x, 0);
    return mul(positive, positive);
  },
  // x·σ(1.702x)
  quick_gelu: (x) => mul(x, sigmoid(mul(x, 1.702))),
  relu6,
  leaky_relu: (x) => add(maximum(x, 0), mul(minimum(x, 0), 0.01)),
  // x·relu6(x + 3)/6
  hardswish: (x) => mul(x, div(relu6(add(x, 3)), 6)),
  // x·tanh(ln(1 + eˣ)), Misra, arXiv 1908.08681
  mish: (x) => mul(x, tanh(log(add(exp(x), 1)))),
  linear: copy,
  sigmoid,
  tanh,
};

/** Every name `activation()` takes. */
export const activationNames: readonly ActivationName[] = Object.keys(activations) as ActivationName[];

/** Whether `activation()` takes the name. */
export function isActivationName(name: string): name is ActivationName {
  return Object.hasOwn(activations, name);
}

/**
 * The named activation of x, element by element.
 *
 * @throws ArgumentError for an unknown name, DTypeError
 * @example
 * console.log(await activation(tensor(backend, [-1, 2]), "relu").toArray()); // [ 0, 2 ]
 */
export function activation(x: Tensor, name: ActivationName): Tensor {
  requireFloat("activation", "x", x);
  if (!isActivationName(name))
    throw new ArgumentError("activation", `unknown name "${String(name)}"; known: ${activationNames.join(", ")}`, {
      given: name,
      known: activationNames,
    });
  return scope(() => activations[name](x));
}
