import type { RopeParameters } from "@helium-lm/nn";
import { ConfigError } from "./config-error.ts";
import type { FamilyDefinition } from "./family.ts";
import type { JsonObject } from "./json-value.ts";
import type { RopeKnobs } from "./knobs.ts";
import { asRopeParameters, type RopeSections } from "./rope-parameters.ts";

/** Rotation of each layer. */
export function resolveRope(
  { knobs }: FamilyDefinition,
  values: JsonObject,
  { byLayerType, sections }: RopeSections,
  headDim: number,
  file: string,
): RopeKnobs {
  const names = Object.keys(sections);
  const sets = Object.values(sections).map(asRopeParameters);
  const rotaryDim = readRotaryDim(sets, headDim, file);
  const layers = values.num_hidden_layers as number;
  const types = byLayerType ? (values.layer_types as readonly string[]) : undefined;
  const flags = knobs.useRope === undefined ? undefined : (values[knobs.useRope.key] as readonly number[]);
  const setOf = Array.from({ length: layers }, (_, layer) => {
    if (flags?.[layer] === 0) return null;
    return types === undefined ? 0 : names.indexOf(types[layer] ?? "");
  });
  const maxPositionEmbeddings = values.max_position_embeddings as number;
  const topLevel = values.original_max_position_embeddings as number | null;
  const long = sets.find((set) => set.ropeType === "longrope");
  if (long?.ropeType === "longrope") {
    checkFactors("short_factor", long.shortFactor, rotaryDim, file);
    checkFactors("long_factor", long.longFactor, rotaryDim, file);
  }
  return Object.freeze({
    pairing: knobs.ropePairing,
    rotaryDim,
    // The top-level key belongs to longrope; the other types read the one beside their factor.
    context: Object.freeze({
      rotaryDim,
      maxPositionEmbeddings,
      originalMaxPositionEmbeddings: long === undefined ? null : topLevel,
    }),
    sets: Object.freeze(sets),
    setOf: Object.freeze(setOf),
    recomputeBeyond:
      long?.ropeType === "longrope" ? (topLevel ?? long.originalMaxPositionEmbeddings ?? maxPositionEmbeddings) : null,
  });
}

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
