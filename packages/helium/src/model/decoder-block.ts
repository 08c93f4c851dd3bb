import { add, mul, scope, type Tensor } from "@helium-lm/tensor";
import {
  assemble,
  disposeAll,
  GatedMlp,
  GroupedQueryAttention,
  loadNorm,
  type AttentionConfig,
  type AttentionContext,
  type AttentionOutput,
  type GatedMlpConfig,
  type Module,
  type Norm,
  type NormConfig,
  type NormAndResidual,
  type StreamAndOutput,
  type WeightSource,
} from "@helium-lm/nn";
import type { NormNames, WeightNames } from "../config/index.ts";

/** Everything that tells one decoder block from another. */
export interface DecoderBlockConfig {
  readonly attention: AttentionConfig;
  readonly mlp: GatedMlpConfig;
  readonly norm: NormConfig;
  readonly norms: NormNames;
  readonly names: WeightNames;
  /** `parallel`: attention and MLP read the same normed input and are added together (GPT-J's form). */
  readonly block: "sequential" | "parallel";
  /** Factor on what attention and MLP add to the residual stream. */
  readonly residualScale: number;
}

interface BlockParts {
  readonly attention: GroupedQueryAttention;
  readonly mlp: GatedMlp;
  readonly preAttn: Norm | null;
  readonly postAttn: Norm | null;
  readonly preMlp: Norm | null;
  readonly postMlp: Norm | null;
}

/**
 * The decoder block, with pre- and post-norms present or absent:
 *
 * ```text
 * sequential:  x ─┬─ preAttn ─ attention ─ postAttn ─(+)─┬─ preMlp ─ mlp ─ postMlp ─(+)─ y
 *                 └────────────────────────────────────────────────┘└──────────────────────────┘
 * parallel:    x ─┬─ preAttn ─┬─ attention ─(+)─(+)─ y
 *                 │                └─ mlp ────────┘    │
 *                 └────────────────────────────────────┘
 * ```
 */
export class DecoderBlock implements Module {
  readonly config: DecoderBlockConfig;
  readonly #parts: BlockParts;

  constructor(config: DecoderBlockConfig, parts: BlockParts) {
    this.config = config;
    this.#parts = parts;
  }

  static async load(source: WeightSource, config: DecoderBlockConfig): Promise<DecoderBlock> {
    const { names, norms } = config;
    return assemble(async (own) => {
      const norm = (name: string | null): Promise<Norm> | null =>
        name === null ? null : own(loadNorm(source.at(name), config.attention.hiddenSize, config.norm));
      // In the order in which they are used.
      const preAttn = norm(norms.preAttn);
      const attention = own(GroupedQueryAttention.load(source.at(names.attention), config.attention, names));
      const postAttn = norm(norms.postAttn);
      const preMlp = norm(norms.preMlp);
      const mlp = own(GatedMlp.load(source.at(names.mlp), config.mlp, names));
      const postMlp = norm(norms.postMlp);
      return new DecoderBlock(config, {
        preAttn: await preAttn,
        attention: await attention,
        postAttn: await postAttn,
        preMlp: await preMlp,
        mlp: await mlp,
        postMlp: await postMlp,
      });
    });
  }

  /** x `[B, T, C]` → output `[B, T, C]`, and the attention probabilities `[B, H, T, S]` on request. */
  forward(x: Tensor, context: AttentionContext): AttentionOutput {
    return scope(() => {
      const { attention, mlp, preAttn, postAttn, postMlp } = this.#parts;
      if (this.config.block === "parallel") {
        const normed = preAttn ? preAttn.forward(x) : x;
        const { residualScale } = this.config;
        const { output, weights } = attention.forward(normed, context, { residual: x, residualScale });
        return { output: mlp.forward(normed, { residual: output, residualScale }), weights };
      }
      const { output: attended, weights } = attention.forward(x, context, this.#around(x, preAttn, postAttn));
      const { stream, output } = this.#mix(x, attended);
      return { output: this.#joinStream(stream, output, postMlp), weights };
    });
  }

  dispose(): void {
    const { attention, mlp, preAttn, postAttn, preMlp, postMlp } = this.#parts;
    disposeAll(preAttn, attention, postAttn, preMlp, mlp, postMlp);
  }

  /** The stream behind attention, and what the MLP makes of it. */
  #mix(x: Tensor, attended: Tensor): StreamAndOutput {
    const { mlp, postAttn, preMlp, postMlp } = this.#parts;
    if (postAttn && this.config.residualScale === 1)
      return mlp.forwardOnto(attended, { residual: x, norm: postAttn }, { norm: preMlp, addsStream: !postMlp });
    const stream = this.#joinStream(x, attended, postAttn);
    return { stream, output: mlp.forward(stream, this.#around(stream, preMlp, postMlp)) };
  }

  /** What attention and MLP do besides their own work: the norm before them, and the sum where nothing stands between. */
  #around(x: Tensor, before: Norm | null, after: Norm | null): NormAndResidual {
    return { norm: before, residual: after ? null : x, residualScale: this.config.residualScale };
  }

  #joinStream(x: Tensor, update: Tensor, after: Norm | null): Tensor {
    if (!after) return update;
    const { residualScale } = this.config;
    return residualScale === 1 ? after.forwardOnto(x, update) : add(x, mul(after.forward(update), residualScale));
  }
}
