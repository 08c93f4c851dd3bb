import type { ActivationName, FusedKernels } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { HelperName } from "../source/helpers.ts";
import { elementwise } from "./elementwise.ts";

const activations: { readonly [K in ActivationName]: HelperName } = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_pytorch_tanh: "geluTanh",
  gelu_new: "geluTanh",
  gelu_fast: "geluTanh",
  gelu_accurate: "geluTanh",
  relu: "relu",
  relu2: "relu2",
  relu6: "relu6",
  leaky_relu: "leakyRelu",
  hardswish: "hardSwish",
  mish: "mish",
  linear: "linear",
  quick_gelu: "quickGelu",
  sigmoid: "sigmoid",
  tanh: "hyperbolicTangent",
};

export const gatedActivationKernels = (context: KernelContext): Pick<FusedKernels, "gatedActivation"> => ({
  gatedActivation(out, { gate, up }, { activation }) {
    context.schedule("gatedActivation", out, [gate, up], (target) =>
      elementwise(
        context,
        "gatedActivation",
        target,
        out,
        { gate, up },
        (text, values) => `${text.call(activations[activation], values.gate)} * ${values.up}`,
      ),
    );
  },
});
