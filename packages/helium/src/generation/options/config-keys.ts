import { snakeCase } from "../../camel-case.ts";
import { definitions } from "../processors/call-processors.ts";
import { settingKinds, type KeyKind } from "./settings.ts";

/**
 * Options of transformers that make no difference here. Published config.json files name cache implementations that no
 * longer exist: that key is left among the unknown ones.
 */
export const optionsWithoutEffect: Readonly<Record<string, KeyKind>> = {
  cacheImplementation: "call",
  cacheConfig: "other",
  maxCacheLen: "other",
  compileConfig: "other",
  disableCompile: "other",
  continuousBatchingConfig: "other",
  decoderStartTokenId: "model",
  assistantLookbehind: "other",
  targetLookbehind: "other",
  isAssistant: "other",
};

/** An option of transformers that asks for something that is not done here. */
interface Unsupported {
  readonly kind: KeyKind;
  /** The value that asks for nothing. */
  readonly off: unknown;
  readonly mend: string;
}

const groups = "group beam search is not supported; use numBeams with doSample for varied beams";
const constrained = "constrained beam search is not supported; use prefixAllowedTokensFn or grammar";

export const unsupportedOptions: Readonly<Record<string, Unsupported>> = {
  numBeamGroups: { kind: "other", off: 1, mend: groups },
  diversityPenalty: { kind: "float", off: 0, mend: groups },
  constraints: { kind: "other", off: null, mend: constrained },
  forceWordsIds: { kind: "other", off: null, mend: constrained },
  penaltyAlpha: {
    kind: "float",
    off: 0,
    mend: "contrastive search is not supported; use doSample with typicalP or minP",
  },
  dolaLayers: { kind: "other", off: null, mend: "DoLa decoding is not supported; leave it out" },
  assistantTokenizer: {
    kind: "call",
    off: null,
    mend: "a draft model with another tokenizer is not supported; give one with the same, or use promptLookupNumTokens",
  },
  assistantEnsembleWeight: {
    kind: "other",
    off: null,
    mend: "a draft model never changes what is drawn; leave it out",
  },
  assistantEarlyExit: {
    kind: "other",
    off: null,
    mend: "early exit is not supported; use promptLookupNumTokens",
  },
  speculationType: {
    kind: "other",
    off: null,
    mend: "is not supported; use assistantModel or promptLookupNumTokens",
  },
  useMtp: {
    kind: "other",
    off: false,
    mend: "multi-token prediction is not supported; use promptLookupNumTokens",
  },
  lowMemory: { kind: "other", off: false, mend: "beams run at once; leave it out or lower numBeams" },
  streamer: { kind: "call", off: null, mend: "use model.stream(options)" },
};

const kinds: ReadonlyMap<string, KeyKind> = new Map<string, KeyKind>([
  ...definitions.map(
    ({ option, scope, isFloat }) => [option, scope === "call" ? "call" : isFloat ? "float" : "other"] as const,
  ),
  ...Object.entries(settingKinds),
  ...Object.entries(optionsWithoutEffect),
  ...Object.entries(unsupportedOptions).map(([option, { kind }]) => [option, kind] as const),
  ["returnDictInGenerate", "other"],
]);

const keysOf = (wanted: readonly KeyKind[]): string[] =>
  [...kinds].filter(([, kind]) => wanted.includes(kind)).map(([option]) => snakeCase(option));

/**
 * Keys of a generation config that old checkpoints keep in config.json. They are no part of the model: without a
 * generation_config.json they become generation defaults.
 */
export const generationKeys: readonly string[] = keysOf(["float", "other"]);

const floatKeys: ReadonlySet<string> = new Set(keysOf(["float"]));
const allKeys: ReadonlySet<string> = new Set(generationKeys);

export const isGenerationKey = (key: string): boolean => allKeys.has(key);

/** Whether the key's number is written with a point. */
export const isGenerationFloat = (key: string): boolean => floatKeys.has(key);
