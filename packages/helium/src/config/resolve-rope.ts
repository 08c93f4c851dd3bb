import type { RopeParameters } from "@helium-lm/nn";
import type { RopePairing } from "@helium-lm/tensor";
import { ConfigError } from "../errors.ts";
import type { JsonObject } from "./json-value.ts";
import type { RopeTraits } from "./traits.ts";
import { asRopeParameters, type RopeSections } from "./rope-parameters.ts";

interface RopeSources {
  readonly pairing: RopePairing;
  /** `[L]`, 0 = no rotation. */
  readonly flags: readonly number[] | undefined;
  /** `[L]`; absent where one section serves all layers. */
  readonly layerTypes: readonly string[] | undefined;
  readonly sections: RopeSections["sections"];
  readonly values: JsonObject;
  readonly headDim: number;
  readonly restartsCache: boolean;
  readonly file: string;
}

/** Rotation of each layer. */
export function resolveRope(sources: RopeSources): RopeTraits {
  const { pairing, flags, layerTypes, sections, values, headDim, restartsCache, file } = sources;
  const names = Object.keys(sections);
  const sets = Object.values(sections).map(asRopeParameters);
  const rotaryDim = readRotaryDim(sets, headDim, file);
  const setOf = Array.from({ length: values.num_hidden_layers as number }, (_, layer) => {
    if (flags?.[layer] === 0) return null;
    return layerTypes === undefined ? 0 : names.indexOf(layerTypes[layer] ?? "");
  });
  const maxPositionEmbeddings = values.max_position_embeddings as number;
  const topLevel = values.original_max_position_embeddings as number | null;
  const long = sets.find((set) => set.ropeType === "longrope");
  if (long?.ropeType === "longrope") {
    checkFactors("short_factor", long.shortFactor, rotaryDim, file);
    checkFactors("long_factor", long.longFactor, rotaryDim, file);
  }
  return Object.freeze({
    pairing,
    rotaryDim,
    context: Object.freeze({
      rotaryDim,
      maxPositionEmbeddings,
      originalMaxPositionEmbeddings: readsTopLevel(sets, layerTypes) ? topLevel : null,
    }),
    sets: Object.freeze(sets),
    setOf: Object.freeze(setOf),
    recomputeBeyond:
      restartsCache && long?.ropeType === "longrope"
        ? (topLevel ?? long.originalMaxPositionEmbeddings ?? maxPositionEmbeddings)
        : null,
  });
}

/**
 * Whether a context length at the top level of the config wins over the one beside the factor: of the types that have
 * one, unless each layer type has a set of its own.
 */
const readsTopLevel = (sets: readonly RopeParameters[], layerTypes: readonly string[] | undefined): boolean =>
  layerTypes === undefined && sets.some(({ ropeType }) => ["llama3", "yarn", "longrope"].includes(ropeType));

/** `⌊head_dim · partial_rotary_factor⌋`, which all sets share. */
function readRotaryDim(sets: readonly RopeParameters[], headDim: number, file: string): number {
  const parts = sets.map((set) => set.partialRotaryFactor ?? 1);
  const [part = 1] = parts;
  const rotaryDim = Math.floor(headDim * part);
  if (rotaryDim >= 2 && rotaryDim % 2 === 0 && parts.every((other) => other === part)) return rotaryDim;
  throw new ConfigError({
    file,
    key: "rope_parameters.partial_rotary_factor",
    given: parts.length === 1 ? part : parts,
    expected: `one factor that leaves an even number ≥ 2 of the ${headDim} dimensions of a head`,
    mend: "correct it, or leave it out for the family's default",
  });
}

function checkFactors(key: string, factors: readonly number[], rotaryDim: number, file: string): void {
  if (factors.length === rotaryDim / 2) return;
  throw new ConfigError({
    file,
    key: `rope_parameters.${key}`,
    given: `${factors.length} numbers`,
    expected: `a list of half the rotated dimensions, ${rotaryDim / 2} numbers`,
    mend: "correct the list, head_dim or partial_rotary_factor",
  });
}
