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
  type WeightSource,
} from "@helium-lm/nn";
import type { NormNames, WeightNames } from "./config/index.ts";

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
      const norm = async (name: string | null): Promise<Norm | null> =>
        name === null ? null : own(await loadNorm(source.at(name), config.attention.hiddenSize, config.norm));
      return new DecoderBlock(config, {
        preAttn: await norm(norms.preAttn),
        attention: own(await GroupedQueryAttention.load(source.at(names.attention), config.attention, names)),
        postAttn: await norm(norms.postAttn),
        preMlp: await norm(norms.preMlp),
        mlp: own(await GatedMlp.load(source.at(names.mlp), config.mlp, names)),
        postMlp: await norm(norms.postMlp),
      });
    });
  }

  /** x `[B, T, C]` → output `[B, T, C]`, and the attention probabilities `[B, H, T, S]` on request. */
  forward(x: Tensor, context: AttentionContext): AttentionOutput {
    return scope(() => {
      const { attention, mlp, preAttn, postAttn, preMlp, postMlp } = this.#parts;
      const normed = preAttn ? preAttn.forward(x) : x;
      const attended = attention.forward(normed, context);
      if (this.config.block === "parallel")
        return { output: this.#residual(x, add(attended.output, mlp.forward(normed))), weights: attended.weights };
      const a = this.#residual(x, postAttn ? postAttn.forward(attended.output) : attended.output);
      const mixed = mlp.forward(preMlp ? preMlp.forward(a) : a);
      return { output: this.#residual(a, postMlp ? postMlp.forward(mixed) : mixed), weights: attended.weights };
    });
  }

  dispose(): void {
    const { attention, mlp, preAttn, postAttn, preMlp, postMlp } = this.#parts;
    disposeAll(preAttn, attention, postAttn, preMlp, mlp, postMlp);
  }

  #residual(x: Tensor, update: Tensor): Tensor {
    const { residualScale } = this.config;
    return add(x, residualScale === 1 ? update : mul(update, residualScale));
  }
}
