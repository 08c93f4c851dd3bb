import type { RopePairing } from "@helium-lm/tensor";
import type { TensorToWrite } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import { familyOf } from "../families/index.ts";

/** How the rows of a q or k projection (or its bias) are grouped. */
export interface HeadRows {
  readonly rows: number;
  readonly heads: number;
  /** Leading rows of each head that rotation turns; the others keep their places. */
  readonly rotaryDim: number;
}

/**
 * Rows of q or k in the order of another pairing, so that rotating by it gives what rotating by the old one gave. Within
 * the R rotated rows of a head, interleaved row `2i + j` is half-split row `j·R/2 + i`. Works on whole rows, in any format.
 */
export function reorderHeadRows(bytes: Uint8Array, { rows, heads, rotaryDim }: HeadRows, to: RopePairing): Uint8Array {
  const rowBytes = bytes.length / rows;
  const headDim = rows / heads;
  const half = rotaryDim / 2;
  const ordered = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const r = row % headDim;
    const interleaved = r < rotaryDim ? row - r + 2 * (r % half) + Math.floor(r / half) : row;
    // `row` is a place in the half-split order, `interleaved` the same row's place in the other.
    const [from, into] = to === "interleaved" ? [row, interleaved] : [interleaved, row];
    ordered.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), into * rowBytes);
  }
  return ordered;
}

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
