import type { ActivationName } from "@helium-lm/tensor";

/** Typed by the kernels' union, so that a new activation must be listed here. */
const table: Readonly<Record<ActivationName, true>> = {
  silu: true,
  swish: true,
  gelu: true,
  gelu_python: true,
  gelu_pytorch_tanh: true,
  gelu_new: true,
  gelu_fast: true,
  gelu_accurate: true,
  relu: true,
  relu2: true,
  relu6: true,
  leaky_relu: true,
  hardswish: true,
  mish: true,
  linear: true,
  quick_gelu: true,
  sigmoid: true,
  tanh: true,
};

/** Values that `hidden_act` and `hidden_activation` may have. */
export const activationNames: readonly string[] = Object.keys(table);

export const isActivationName = (name: unknown): name is ActivationName =>
  typeof name === "string" && Object.hasOwn(table, name);
