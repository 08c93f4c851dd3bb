import type { Kernel } from "../../../contract/kernels.ts";
import type { KernelContext } from "../kernel-context.ts";
import { activations } from "../wgsl/activations.ts";
import { wgsl } from "../wgsl/tag.ts";
import { placed, runElementwise } from "./elementwise.ts";
import { asNumbers } from "./stored.ts";

/** out = activation(gate)·up */
export const createGatedActivation =
  (context: KernelContext): Kernel<"gatedActivation"> =>
  (out, { gate, up }, { activation }) =>
    runElementwise(context, {
      ...{ name: `gatedActivation ${activation}`, out: placed(out), stored: asNumbers(out.dtype) },
      inputs: [
        { name: "gate", operand: placed(gate), stored: asNumbers(gate.dtype) },
        { name: "up", operand: placed(up), stored: asNumbers(up.dtype) },
      ],
      value: () => wgsl`${activations[activation]}(gate) * up`,
    });
