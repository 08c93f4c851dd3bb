import { GenerationError } from "./errors.ts";

/** Generation settings, as the camel-cased keys of transformers' `GenerationConfig`; null = not set. */
export interface GenerationConfig {
  /** New tokens per row; wins over `maxLength`. */
  readonly maxNewTokens?: number | null;
  /** Longest row, the (padded) prompt included. Default: 20 new tokens. */
  readonly maxLength?: number | null;
  /** Draw from the distribution instead of taking its maximum. */
  readonly doSample?: boolean | null;
  /** Divides the logits before sampling; default 1. */
  readonly temperature?: number | null;
  /** Sample among the k most likely tokens; default 50, 0 = all. */
  readonly topK?: number | null;
  /** Sample among the fewest tokens whose probabilities reach p; default 1 = all. */
  readonly topP?: number | null;
  /** Keep keys and values between steps; default true. */
  readonly useCache?: boolean | null;
  readonly bosTokenId?: number | null;
  /** A row ends with any of these. */
  readonly eosTokenId?: number | readonly number[] | null;
  /** Fills finished rows; default: the first eos. */
  readonly padTokenId?: number | null;
}

/** One call's options: the inputs, the settings, and what only a call has. */
export interface GenerateOptions extends GenerationConfig {
  /** Prompts `[B][T]` of one length, padded on the left; default: one row of bos. */
  readonly inputIds?: readonly (readonly number[])[];
  /** 1 = token, 0 = padding, as `inputIds`. Default: what is not the pad token, unless pad is also an eos. */
  readonly attentionMask?: readonly (readonly number[])[];
  /** Replaces the model's own generation config (`{}` for the library's defaults). */
  readonly generationConfig?: GenerationConfig;
  /** Seed of the sampler; default: a random one. */
  readonly seed?: number;
  /** Stops between chunks of work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Facts of the model that settings are resolved against. */
export interface GenerationLimits {
  readonly maxPositionEmbeddings: number;
  readonly vocabSize: number;
}

/** Settings with every default filled in. */
export interface ResolvedGeneration {
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  /** Length at which generation stops, prompt included. */
  readonly maxLength: number;
  readonly doSample: boolean;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly useCache: boolean;
  readonly eosTokenIds: ReadonlySet<number>;
  readonly padTokenId: number;
  readonly seed: number;
}

/** Tokens generated when neither `maxNewTokens` nor `maxLength` is set. */
const DEFAULT_NEW_TOKENS = 20;

/**
 * Resolves a call's options over the generation config over the library's defaults, and checks every value.
 *
 * @throws GenerationError naming the option, what was given and what is expected
 */
export function resolveGeneration(
  options: GenerateOptions,
  modelConfig: GenerationConfig,
  limits: GenerationLimits,
): ResolvedGeneration {
  const fallback = options.generationConfig ?? modelConfig;
  const pick = <K extends keyof GenerationConfig>(key: K): GenerationConfig[K] => options[key] ?? fallback[key];

  const eosTokenIds = new Set([pick("eosTokenId") ?? []].flat());
  const padTokenId = pick("padTokenId") ?? [...eosTokenIds][0];
  const inputIds = prompts(options, pick("bosTokenId"), limits.vocabSize);
  const promptLength = inputIds[0]?.length ?? 0;

  const doSample = pick("doSample") ?? false;
  const temperature = checked(
    "temperature",
    pick("temperature") ?? 1,
    "a number > 0; use doSample: false for greedy decoding",
    (t) => t > 0 && t < Infinity,
  );
  const topK = checked("topK", pick("topK") ?? 50, "an integer ≥ 0", (k) => Number.isInteger(k) && k >= 0);
  const topP = checked("topP", pick("topP") ?? 1, "a number from 0 to 1", (p) => p >= 0 && p <= 1);

  return {
    inputIds,
    attentionMask: maskOf(options.attentionMask, inputIds, padTokenId, eosTokenIds),
    maxLength: lengthLimit(promptLength, pick("maxNewTokens"), pick("maxLength"), limits.maxPositionEmbeddings),
    doSample,
    temperature,
    topK,
    topP,
    useCache: pick("useCache") ?? true,
    eosTokenIds,
    padTokenId: padTokenId ?? 0,
    seed: options.seed ?? randomSeed(),
  };
}

function checked(name: string, value: number, expected: string, accepts: (value: number) => boolean): number {
  if (typeof value !== "number" || !accepts(value))
    throw new GenerationError(name, `is ${String(value)}; expected ${expected}`, { given: value, expected });
  return value;
}

function prompts(
  { inputIds }: GenerateOptions,
  bosTokenId: number | null | undefined,
  vocabSize: number,
): readonly (readonly number[])[] {
  if (inputIds === undefined) {
    if (bosTokenId === null || bosTokenId === undefined)
      throw new GenerationError("inputIds", "not given, and the model has no bosTokenId to start from; give inputIds");
    return [[bosTokenId]];
  }
  const length = inputIds[0]?.length ?? 0;
  if (length === 0)
    throw new GenerationError(
      "inputIds",
      "the prompt is empty; give at least one token, or leave inputIds out to start from bos",
    );
  for (const [row, ids] of inputIds.entries()) {
    if (ids.length !== length)
      throw new GenerationError(
        "inputIds",
        `row ${row} has ${ids.length} tokens, row 0 has ${length}; pad on the left to one length`,
        {
          row,
          given: ids.length,
          expected: length,
        },
      );
    const bad = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (bad >= 0)
      throw new GenerationError(
        "inputIds",
        `token ${ids[bad]} at row ${row}, position ${bad} is outside the vocabulary [0, ${vocabSize}); check that the tokenizer belongs to the model`,
        {
          given: ids[bad],
          row,
          position: bad,
          vocabSize,
        },
      );
  }
  return inputIds;
}

function maskOf(
  given: readonly (readonly number[])[] | undefined,
  inputIds: readonly (readonly number[])[],
  pad: number | undefined,
  eos: ReadonlySet<number>,
): readonly (readonly number[])[] {
  if (given === undefined) {
    const infer = pad !== undefined && !eos.has(pad);
    return inputIds.map((ids) => ids.map((id) => (infer && id === pad ? 0 : 1)));
  }
  if (given.length !== inputIds.length || given.some((row, b) => row.length !== inputIds[b]?.length))
    throw new GenerationError(
      "attentionMask",
      `has ${given.length} rows of ${given.map((row) => row.length).join(", ")}; expected the shape of inputIds, ${inputIds.length} rows of ${inputIds[0]?.length}`,
    );
  return given;
}

function lengthLimit(
  promptLength: number,
  maxNewTokens: number | null | undefined,
  maxLength: number | null | undefined,
  maxPositionEmbeddings: number,
): number {
  if (maxNewTokens !== null && maxNewTokens !== undefined)
    return promptLength + checked("maxNewTokens", maxNewTokens, "an integer > 0", (n) => Number.isInteger(n) && n > 0);
  const limit =
    maxLength !== null && maxLength !== undefined
      ? checked("maxLength", maxLength, "an integer > 0", (n) => Number.isInteger(n) && n > 0)
      : Math.min(promptLength + DEFAULT_NEW_TOKENS, maxPositionEmbeddings);
  if (promptLength >= limit)
    throw new GenerationError(
      "maxLength",
      `is ${limit}, but the prompt already has ${promptLength} tokens; raise maxLength, set maxNewTokens or shorten the prompt`,
      {
        given: limit,
        promptLength,
      },
    );
  return limit;
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
