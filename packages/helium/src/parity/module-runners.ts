import { mul, reshape, scope, type Tensor } from "@helium-lm/tensor";
import {
  Embedding,
  GatedMlp,
  GroupedQueryAttention,
  Linear,
  loadNorm,
  type AttentionContext,
  type Matrix,
  type Module,
  type NormConfig,
} from "@helium-lm/nn";
import { DecoderBlock } from "../model/decoder-block.ts";
import { uncachedContext } from "../model/uncached-context.ts";
import { blockConfig, ropeTables } from "../model/block-config.ts";
import type { PreTrainedModel } from "../model/pretrained-model.ts";
import { stateSource } from "./state-source.ts";

/** What a module does, in the words of the report. */
export type ModuleKind = "embedding" | "norm" | "linear" | "attention" | "mlp" | "block";

/** A module of a model that can be run on any input of its own. */
export interface ModuleRunner extends Disposable {
  readonly kind: ModuleKind;
  /** x as the reference's module gets it (ids for the embedding) → its result. */
  run(x: Tensor): Tensor;
}

/**
 * The module of the model at a path of the reference, built on the model's own weights; null for one that the model does
 * otherwise (a rotary table, an activation).
 */
export async function moduleAt(
  model: PreTrainedModel,
  state: ReadonlyMap<string, Matrix>,
  path: string,
): Promise<ModuleRunner | null> {
  const { traits } = model.config;
  const { weights: names } = traits;
  const source = stateSource(state).at(path);
  const [last = "", layer] = [path.split(".").at(-1), layerOf(path, names.layers)];
  const runner = <M extends Module>(kind: ModuleKind, module: M, run: (module: M, x: Tensor) => Tensor) => ({
    kind,
    run: (x: Tensor) => run(module, x),
    [Symbol.dispose]: () => module.dispose(),
  });
  const norm = async (config: NormConfig, width: number): Promise<ModuleRunner> =>
    runner("norm", await loadNorm(source, width, config), (module, x) => module.forward(x));

  if (layer !== null && last === String(layer))
    return runner("block", await DecoderBlock.load(source, blockConfig(traits, layer)), (block, x) =>
      inContext(model, layer, x, (rows, context) => block.forward(rows, context).output),
    );
  if (layer !== null && last === names.attention)
    return runner(
      "attention",
      await GroupedQueryAttention.load(source, blockConfig(traits, layer).attention, names),
      (attention, x) => inContext(model, layer, x, (rows, context) => attention.forward(rows, context).output),
    );
  if (layer !== null && last === names.mlp)
    return runner("mlp", await GatedMlp.load(source, blockConfig(traits, layer).mlp, names), (mlp, x) =>
      mlp.forward(x),
    );
  if (last === names.embedding)
    return runner("embedding", await Embedding.load(source, traits.vocabSize, traits.hiddenSize), (table, ids) =>
      traits.embedScale.value === 1 ? table.forward(ids) : mul(table.forward(ids), traits.embedScale.value),
    );
  if (last === names.lmHead && !state.has(`${path}.weight`) && traits.tied)
    return runner(
      "linear",
      await Linear.load(stateSource(state).at(`${names.trunk}.${names.embedding}`), {
        inFeatures: traits.hiddenSize,
        outFeatures: traits.vocabSize,
        bias: false,
      }),
      (head, x) => head.forward(x),
    );

  const weight = state.get(`${path}.weight`);
  if (!weight) return null;
  const [rows = 0, columns] = weight.shape;
  if ([names.qNorm, names.kNorm].includes(last)) {
    const { qkNorm } = traits;
    return qkNorm.kind === "none" || columns !== undefined ? null : norm(qkNorm.norm, rows);
  }
  if (columns === undefined) return norm(traits.norm, rows);
  const bias = state.has(`${path}.bias`);
  return runner("linear", await Linear.load(source, { inFeatures: columns, outFeatures: rows, bias }), (linear, x) =>
    linear.forward(x),
  );
}

/** Index of the layer that a path is in, or null. */
function layerOf(path: string, layers: string): number | null {
  const segments = path.split(".");
  const at = segments.indexOf(layers);
  const index = Number(segments[at + 1]);
  return at >= 0 && Number.isInteger(index) ? index : null;
}

/** Runs attention over x `[B, T, C]` alone, as `[B·T, C]`: positions 0 … T − 1, no cache, no padding. */
function inContext(
  { config, backend }: PreTrainedModel,
  layer: number,
  x: Tensor,
  fn: (x: Tensor, context: AttentionContext) => Tensor,
): Tensor {
  return scope(() => {
    const { traits } = config;
    const [batch, length, C] = x.shape as [number, number, number];
    const rotary = ropeTables(traits)[traits.rope.setOf[layer] ?? -1];
    const context = uncachedContext(backend, rotary, { batch, length });
    return reshape(fn(reshape(x, [batch * length, C]), context), [batch, length, -1]);
  });
}
