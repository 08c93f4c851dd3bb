import type { TensorToWrite } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import { familyOf } from "../families/index.ts";
import { reorderHeadRows } from "../head-rows.ts";

/** The config of weights that went through `familyOrder`: without a pairing of its own. */
export function inFamilyOrder(config: DecoderConfig): DecoderConfig {
  return config.ropeInterleave === null || !hasFamilyOrder(config) ? config : config.with({ ropeInterleave: null });
}

/** Per-head norms of q and k would have to be reordered too; no architecture has both, so such a config keeps its key. */
const hasFamilyOrder = ({ traits }: DecoderConfig): boolean => traits.qkNorm.kind === "none" && !traits.fusedQkv;

/** Brings rows of q and k into the order of the family's own checkpoints, where they are in another. */
export function familyOrder(config: DecoderConfig): (tensor: TensorToWrite) => TensorToWrite {
  const { weights: names, rope, numAttentionHeads, numKeyValueHeads } = config.traits;
  const pairing = familyOf(config.modelType)?.traits.ropePairing ?? rope.pairing;
  if (pairing === rope.pairing || !hasFamilyOrder(config)) return (tensor) => tensor;
  const headsOf = (name: string): number | null => {
    const part = /\.([^.]+)\.(?:weight|bias)$/.exec(name)?.[1];
    return part === names.q ? numAttentionHeads : part === names.k ? numKeyValueHeads : null;
  };
  return (tensor) => {
    const heads = headsOf(tensor.name);
    if (heads === null) return tensor;
    const group = { rows: tensor.shape[0] ?? 0, heads, rotaryDim: rope.rotaryDim };
    const { bytes } = tensor;
    const ordered = async (): Promise<Uint8Array> =>
      reorderHeadRows(typeof bytes === "function" ? await bytes() : bytes, group, pairing);
    return { ...tensor, bytes: ordered };
  };
}
