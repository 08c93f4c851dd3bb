import { narrow, scope, type ActivationName, type Tensor } from "@helium-lm/tensor";
import { Linear } from "./linear.ts";
import { narrowRows } from "./matrix.ts";
import { assemble, disposeAll, type Module } from "./module.ts";
import type { Norm } from "./norm/index.ts";
import {
  projectGated,
  projectGatedOnto,
  projectOnto,
  type NormAndResidual,
  type NormOntoStream,
} from "./projections.ts";
import type { WeightSource } from "./weights/weight-source.ts";

export interface GatedMlpConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly activation: ActivationName;
  readonly bias: boolean;
  /** Gate and up are stored as one `gate_up_proj [2F, C]`, gate first. */
  readonly fusedGateUp: boolean;
}

/** Weight names below an MLP; the default is that of most checkpoints. */
export interface GatedMlpNames {
  readonly gate: string;
  readonly up: string;
  readonly gateUp: string;
  readonly down: string;
}

const defaultNames: GatedMlpNames = { gate: "gate_proj", up: "up_proj", gateUp: "gate_up_proj", down: "down_proj" };

/** The residual stream before an MLP, and what the MLP gives. */
export interface StreamAndOutput {
  readonly stream: Tensor;
  readonly output: Tensor;
}

/** `down(activation(gate(x)) · up(x))` (Shazeer, arXiv 2002.05202). */
export class GatedMlp implements Module {
  readonly gate: Linear;
  readonly up: Linear;
  readonly down: Linear;
  readonly activation: ActivationName;

  constructor(gate: Linear, up: Linear, down: Linear, activation: ActivationName) {
    this.gate = gate;
    this.up = up;
    this.down = down;
    this.activation = activation;
  }

  static async load(
    source: WeightSource,
    config: GatedMlpConfig,
    names: GatedMlpNames = defaultNames,
  ): Promise<GatedMlp> {
    const { hiddenSize: C, intermediateSize: F, bias } = config;
    return assemble(async (own) => {
      const project = (name: string, rows: number): Promise<Linear> =>
        own(Linear.load(source.at(name), { inFeatures: C, outFeatures: rows, bias }));
      const gateAndUp = config.fusedGateUp
        ? project(names.gateUp, 2 * F).then((fused) => splitRows(fused, [F, F]))
        : Promise.all([project(names.gate, F), project(names.up, F)]);
      const down = own(Linear.load(source.at(names.down), { inFeatures: F, outFeatures: C, bias }));
      const [gate, up] = await gateAndUp;
      for (const layer of [gate, up]) own(layer);
      return new GatedMlp(gate, up, await down, config.activation);
    });
  }

  /** x `[B, T, C]` → `[B, T, C]`, of the normed x and with the residual added where they are given. */
  forward(x: Tensor, { norm = null, ...onto }: NormAndResidual = {}): Tensor {
    return scope(() => projectOnto(onto, projectGated(x, this, norm), this.down)); // [B, T, F] between the two
  }

  /**
   * As `forward`, of `stream = residual + onto.norm(x)` in the place of x, x `[B, T, C]`: what stands between attention and the MLP where
   * attention has a norm behind it. `addsStream`: the output is added to the stream.
   */
  forwardOnto(
    x: Tensor,
    onto: NormOntoStream,
    { norm = null, addsStream }: { readonly norm?: Norm | null; readonly addsStream: boolean },
  ): StreamAndOutput {
    return scope(() => {
      const { stream, gated } = projectGatedOnto(x, onto, this, norm);
      return { stream, output: projectOnto({ residual: addsStream ? stream : null }, gated, this.down) };
    });
  }

  dispose(): void {
    disposeAll(this.gate, this.up, this.down);
  }
}

/** Layers over consecutive rows of one fused layer, as views of its storage; the fused layer is consumed. */
export function splitRows<const L extends readonly number[]>(fused: Linear, lengths: L): { [I in keyof L]: Linear } {
  let start = 0;
  const parts = lengths.map((length) => {
    const weight = narrowRows(fused.weight, start, length);
    const bias = fused.bias && narrow(fused.bias, 0, start, length);
    start += length;
    return new Linear(weight, bias);
  });
  fused.dispose();
  return parts as { [I in keyof L]: Linear };
}
