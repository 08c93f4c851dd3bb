import { assemble, Linear, type Own, type WeightSource } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { ComputeDType } from "./storage-dtypes.ts";
import { DecoderModel } from "./decoder-model.ts";
import type { PreTrainedModel } from "./pretrained-model.ts";
import { StateDict } from "./state-dict.ts";

/** What a head is built with. */
export interface HeadLoadOptions {
  readonly config: DecoderConfig;
  /** Paths are those of the head's own state dict. */
  readonly source: WeightSource;
  readonly computeDType?: ComputeDType;
}

/** The linear layer of a head, `x·Wᵀ + b` with W `[out, C]`. */
export interface HeadProjection {
  /** Path of the layer in a checkpoint: `score` of `score.weight` and `score.bias`. */
  readonly path: string;
  readonly out: number;
  readonly bias: boolean;
  /** W is the embedding table where the checkpoint has none of that path, and is left out when it is saved. */
  readonly tied: boolean;
  /** The config's scale, divisor and cap apply to its result. */
  readonly scaled: boolean;
}

/** Paths of a head's own weights in a checkpoint. */
export function headPaths(
  { projection }: Pick<HeadDefinition<PreTrainedModel>, "projection">,
  config: DecoderConfig,
): readonly string[] {
  const own = projection(config);
  if (own === null) return [];
  return own.bias ? [`${own.path}.weight`, `${own.path}.bias`] : [`${own.path}.weight`];
}

/** The layer that a head names. */
export const loadProjection = (
  source: WeightSource,
  { hiddenSize }: DecoderConfig,
  { path, out, bias }: HeadProjection,
): Promise<Linear> => Linear.load(source.at(path), { inFeatures: hiddenSize, outFeatures: out, bias });

/** All there is to know of a head beside its class; one line in the table of `heads/index.ts` registers it. */
export interface HeadDefinition<M extends PreTrainedModel> {
  /** What stands behind the family's prefix in `architectures`: `ForCausalLM`. */
  readonly classSuffix: string;
  /** A checkpoint with this head, in words. */
  readonly checkpoint: string;
  /** The layer between hidden states and result, which a checkpoint of another head lacks; null where there is none. */
  readonly projection: (config: DecoderConfig) => HeadProjection | null;
  /** The positions of a row that have a result: each, or the last that is not padding. */
  readonly positions: "every" | "last";
  readonly load: (options: HeadLoadOptions) => Promise<M>;
}

/** What a head is made of: all is under way at once, and is handed to `own`, see `assemble`. */
interface HeadParts {
  readonly trunk: Promise<DecoderModel>;
  readonly state: StateDict;
  readonly source: WeightSource;
  readonly own: Own;
}

/** Loads the trunk, bare or under its prefix, and what `build` makes of it; a failed load forgets its tensors. */
export async function loadHead<M>(
  { config, source, computeDType }: HeadLoadOptions,
  trunkAt: "root" | "prefix",
  build: (parts: HeadParts) => Promise<M>,
): Promise<M> {
  return assemble(async (own) => {
    const state = own(new StateDict());
    const recorded = state.recording(source);
    const trunkSource = trunkAt === "root" ? recorded : recorded.at(config.traits.weights.trunk);
    const trunk = own(DecoderModel.load(config, trunkSource, computeDType));
    return build({ trunk, state, source: recorded, own });
  });
}
