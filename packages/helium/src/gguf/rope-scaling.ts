import { GgufError } from "@helium-lm/nn";
import type { JsonObject } from "../config/index.ts";
import type { GgufHyperparameters } from "./hyperparameters.ts";

/** Tensors that say how frequencies are scaled; the config carries what they say. */
export const ropeTensors = ["rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"] as const;

/**
 * The `rope_scaling` of a config, null for plain frequencies: from the divisors of each frequency where the file lists
 * them, else from `rope.scaling.*`.
 *
 * @throws GgufError for a type that is not known or factors that do not fit
 */
export async function ropeScaling(hparams: GgufHyperparameters, rotaryDim: number): Promise<JsonObject | null> {
  const divisors = await readFactors(hparams, "rope_freqs.weight", rotaryDim);
  if (divisors !== null) return fromDivisors(hparams, divisors, rotaryDim);
  const [long, short] = [
    await readFactors(hparams, "rope_factors_long.weight", rotaryDim),
    await readFactors(hparams, "rope_factors_short.weight", rotaryDim),
  ];
  const original = hparams.number("rope.scaling.original_context_length");
  const attention = hparams.number("rope.scaling.attn_factor");
  if (long !== null && short !== null)
    return {
      rope_type: "longrope",
      long_factor: [...long],
      short_factor: [...short],
      ...(original !== undefined && { original_max_position_embeddings: original }),
      ...(attention !== undefined && { attention_factor: attention }),
    };
  const type =
    hparams.text("rope.scaling.type") ?? (hparams.number("rope.scale_linear") === undefined ? "none" : "linear");
  const factor = hparams.number("rope.scaling.factor") ?? hparams.number("rope.scale_linear") ?? 1;
  if (type === "none" || (type === "linear" && factor === 1)) return null;
  if (type === "linear") return { rope_type: "linear", factor };
  if (type === "yarn") {
    const betaFast = hparams.number("rope.scaling.yarn_beta_fast");
    const betaSlow = hparams.number("rope.scaling.yarn_beta_slow");
    return {
      rope_type: "yarn",
      factor,
      ...(original !== undefined && { original_max_position_embeddings: original }),
      // ggml multiplies YaRN's own factor by it; a config's attention_factor replaces that one.
      ...(attention !== undefined && { attention_factor: attention * (factor > 1 ? 0.1 * Math.log(factor) + 1 : 1) }),
      ...(betaFast !== undefined && { beta_fast: betaFast }),
      ...(betaSlow !== undefined && { beta_slow: betaSlow }),
    };
  }
  throw new GgufError(
    hparams.reader.name,
    `scales rotary frequencies by "${type.slice(0, 40)}"; expected none, linear, yarn or a list of factors`,
    { given: type },
  );
}

/**
 * `rope_freqs` holds what Llama 3.1's rule makes of each frequency. Where these are that rule's numbers for the usual
 * `low = 1, high = 4`, the config says so; other lists are kept as they are, as a longrope without a longer half.
 */
function fromDivisors(hparams: GgufHyperparameters, divisors: Float32Array, rotaryDim: number): JsonObject {
  const factor = divisors.reduce((most, divisor) => Math.max(most, divisor), 1);
  const theta = hparams.number("rope.freq_base") ?? 10_000;
  const original = hparams.number("rope.scaling.original_context_length") ?? 8192;
  const isLlama3 = divisors.every((divisor, i) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * i) / rotaryDim);
    const smooth = (original / wavelength - 1) / 3;
    const blended = 1 / ((1 - smooth) / factor + smooth);
    const expected = wavelength < original / 4 ? 1 : wavelength > original ? factor : blended;
    return Math.abs(divisor - expected) <= 1e-4 * expected;
  });
  if (isLlama3)
    return {
      rope_type: "llama3",
      factor,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: original,
    };
  return {
    rope_type: "longrope",
    short_factor: [...divisors],
    long_factor: [...divisors],
    attention_factor: 1,
    original_max_position_embeddings: hparams.required("context_length"),
  };
}

/** Null where the file has no such tensor. */
async function readFactors(
  hparams: GgufHyperparameters,
  tensor: string,
  rotaryDim: number,
): Promise<Float32Array | null> {
  const { reader } = hparams;
  if (!reader.has(tensor)) return null;
  const { dtype, shape } = reader.info(tensor);
  if (dtype !== "f32" || shape.length !== 1 || shape[0] !== rotaryDim / 2)
    throw new GgufError(
      reader.name,
      `tensor "${tensor}" is ${dtype} [${shape.join(", ")}]; expected f32 [${rotaryDim / 2}], half the rotated dimensions`,
      { tensor, given: shape },
    );
  const bytes = await reader.readBytes(tensor);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
