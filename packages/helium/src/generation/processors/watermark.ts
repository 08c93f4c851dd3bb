import { MersenneTwister } from "@helium-lm/nn";
import { camelCase } from "../../camel-case.ts";
import { checked, isPositiveInteger, objectOf, refuse } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";
import { descending } from "../ranking.ts";
import type { ProcessorDefinition } from "./definition.ts";
import { perRow, type LogitsProcessor } from "./processor.ts";

/** How a text is marked; the same numbers find the mark again. */
export interface WatermarkingConfig {
  /** Part of the vocabulary that is green; default 0.25. */
  readonly greenlistRatio?: number;
  /** Added to the scores of green tokens; default 2. */
  readonly bias?: number;
  /** Default 15485863, the millionth prime. */
  readonly hashingKey?: number;
  /** What decides the green tokens: the token before, or for each token also itself. Default "lefthash". */
  readonly seedingScheme?: "lefthash" | "selfhash";
  /** Tokens before that the seed looks at; default 1. */
  readonly contextWidth?: number;
}

export interface WatermarkingConfigOption {
  /** Marks the text so that it can be told from others. */
  readonly watermarkingConfig?: WatermarkingConfig | null;
}

export const watermarkDefinition: ProcessorDefinition<WatermarkingConfigOption, WatermarkingConfig | null> = {
  option: "watermarkingConfig",
  default: null,
  check: (given) => resolved(given as WatermarkingConfig),
  make: (config, { vocabSize }) => watermark(config, vocabSize),
};

const TABLE_SIZE = 1_000_003;

/** Likeliest tokens that selfhash tries. */
const TRIED = 40;

/**
 * Watermark of Kirchenbauer et al. (arXiv 2306.04634): the tokens before seed a permutation of the vocabulary, and the
 * scores of its first part, the green tokens, get a bias. Permutations are those of PyTorch on a CPU, so that the marks
 * are those of transformers.
 *
 * @throws GenerationError for numbers out of their range
 */
export function watermark(config: WatermarkingConfig, vocabSize: number): LogitsProcessor {
  const { greenlistRatio, bias, hashingKey, seedingScheme, contextWidth } = resolved(config);
  const greenlist = (seed: number): Uint32Array =>
    new MersenneTwister(seed).permutation(vocabSize).subarray(0, Math.floor(vocabSize * greenlistRatio));
  const table = seedingScheme === "selfhash" ? new MersenneTwister(hashingKey).permutation(TABLE_SIZE) : null;

  const leftSeed = (token: number): number => toSeed(BigInt(hashingKey) * BigInt(token));
  const selfSeed = (context: readonly number[], table: Uint32Array): number => {
    const at = (token: number): bigint => BigInt((table[token % TABLE_SIZE] ?? 0) + 1);
    const last = at(context.at(-1) ?? 0);
    // Products are 64-bit integers that wrap around.
    const hashes = context.map((token) => BigInt.asIntN(64, BigInt(hashingKey) * at(token) * last));
    return toSeed(hashes.reduce((least, hash) => (hash < least ? hash : least)));
  };
  /** Tokens that are green in the list that they themselves seed. */
  const selfGreen = (scores: Float32Array, ids: readonly number[], table: Uint32Array): number[] =>
    [...descending(scores).subarray(0, TRIED)].filter((token) =>
      greenlist(selfSeed([...ids, token].slice(-contextWidth), table)).includes(token),
    );

  return perRow("watermarkingConfig", (scores, ids) => {
    if (ids.length < contextWidth) return;
    const green = table ? selfGreen(scores, ids, table) : greenlist(leftSeed(ids.at(-1) ?? 0));
    for (const token of green) scores[token] = (scores[token] ?? 0) + bias;
  });
}

/** Python's remainder by 2⁶⁴ − 1, of which the generator takes the low 32 bits. */
function toSeed(hash: bigint): number {
  const modulus = 2n ** 64n - 1n;
  return Number(BigInt.asUintN(32, ((hash % modulus) + modulus) % modulus));
}

/** The config with its defaults; names may be spelled as in generation_config.json. @throws GenerationError */
function resolved(config: WatermarkingConfig): Required<WatermarkingConfig> {
  const defaults: Required<WatermarkingConfig> = {
    greenlistRatio: 0.25,
    bias: 2,
    hashingKey: 15485863,
    seedingScheme: "lefthash",
    contextWidth: 1,
  };
  const given = Object.fromEntries(
    Object.entries(objectOf("watermarkingConfig", config)).map(([key, value]) => [camelCase(key), value]),
  );
  const unknown = Object.keys(given).find((key) => !(key in defaults) && key !== "watermarkingType");
  if (unknown !== undefined)
    throw new GenerationError(
      "watermarkingConfig",
      `has no field ${unknown}; expected one of ${Object.keys(defaults).join(", ")}`,
    );
  const result = { ...defaults, ...given };
  const name = (field: string): string => `watermarkingConfig.${field}`;
  checked(name("greenlistRatio"), result.greenlistRatio, "a number between 0 and 1", (r) => r > 0 && r < 1);
  checked(name("bias"), result.bias, "a number", Number.isFinite);
  checked(name("hashingKey"), result.hashingKey, "an integer > 0", isPositiveInteger);
  checked(name("contextWidth"), result.contextWidth, "an integer > 0", isPositiveInteger);
  if (result.seedingScheme !== "lefthash" && result.seedingScheme !== "selfhash")
    refuse(name("seedingScheme"), result.seedingScheme, "lefthash or selfhash");
  return result;
}
