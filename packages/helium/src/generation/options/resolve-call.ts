import { checkedDType } from "@helium-lm/tensor";
import { KvCache, kvDTypes, type KvDType } from "@helium-lm/nn";
import type { ClientEngine } from "../../engine/engine-client.ts";
import { Engine } from "../../engine/engine.ts";
import { listOf } from "../../given-values.ts";
import { refuse } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";
import type { GenerativeModel } from "../generative-model.ts";
import type { GenerateOptions } from "./generate-options.ts";
import type { LogitsProcessor } from "../processors/processor.ts";
import { checkedMask, checkedRows } from "./resolve-prompts.ts";
import type { StoppingCriterion, StopStringTokenizer } from "../stopping/criterion.ts";

type Rows = readonly (readonly number[])[];

/** What only a call has, beside its prompts and seeds. */
export interface ResolvedCall {
  readonly cache: KvCache | null;
  readonly kvDType: KvDType | null;
  readonly assistantModel: GenerativeModel | null;
  readonly engine: ClientEngine | null;
  readonly cacheSalt: string;
  readonly tokenizer: StopStringTokenizer | null;
  readonly logitsProcessors: readonly LogitsProcessor[];
  readonly stoppingCriteria: readonly StoppingCriterion[];
}

/** @throws GenerationError for what is not a cache, function, signal, processor or criterion */
export function resolveCall(options: GenerateOptions): ResolvedCall {
  const { pastKeyValues, kvDType, assistantModel, engine, cacheSalt } = options;
  const { onWarning, signal, tokenizer } = options;
  if (isGiven(pastKeyValues) && !(pastKeyValues instanceof KvCache))
    refuse("pastKeyValues", pastKeyValues, "a cache of model.createCache()");
  if (isGiven(assistantModel) && !isGenerativeModel(assistantModel))
    refuse("assistantModel", assistantModel, "a model of AutoModelForCausalLM");
  if (isGiven(engine) && !(engine instanceof Engine)) refuse("engine", engine, "an engine of model.engine()");
  if (isGiven(cacheSalt) && typeof cacheSalt !== "string") refuse("cacheSalt", cacheSalt, "a string");
  if (isGiven(onWarning) && typeof onWarning !== "function") refuse("onWarning", onWarning, "a function");
  if (isGiven(signal) && !hasMethod(signal, "throwIfAborted")) refuse("signal", signal, "an AbortSignal");
  if (isGiven(tokenizer) && !hasMethod(tokenizer, "tokenBytes")) refuse("tokenizer", tokenizer, "a tokenizer");
  return {
    cache: pastKeyValues ?? null,
    kvDType: isGiven(kvDType) ? checkedDType({ subject: "kvDType" }, kvDType, kvDTypes, GenerationError) : null,
    assistantModel: assistantModel ?? null,
    engine: engine ?? null,
    cacheSalt: cacheSalt ?? "",
    tokenizer: tokenizer ?? null,
    logitsProcessors: listWith<LogitsProcessor>("logitsProcessors", options.logitsProcessors, "process"),
    stoppingCriteria: listWith<StoppingCriterion>("stoppingCriteria", options.stoppingCriteria, "isMet"),
  };
}

const isGenerativeModel = (value: unknown): boolean =>
  typeof value === "object" && (value as Partial<GenerativeModel> | null)?.ownEngine instanceof Engine;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const hasMethod = (value: unknown, method: string): boolean =>
  (typeof value === "object" || typeof value === "function") &&
  typeof (value as Record<string, unknown> | null)?.[method] === "function";

/** A list of objects that have a name and the method. */
function listWith<T extends { readonly name: string }>(name: string, given: unknown, method: string): readonly T[] {
  if (!isGiven(given)) return [];
  const items = listOf(given) ?? refuse(name, given, `a list of objects with name and ${method}`);
  items.forEach((item, index) => {
    if (!hasMethod(item, method) || typeof (item as T).name !== "string")
      refuse(`${name}[${index}]`, item, `an object with name and ${method}`);
  });
  return items as readonly T[];
}

/** Without a negative prompt guidance leads away from what follows the last token alone. @throws GenerationError */
export function negativePromptOf(
  { negativePromptIds, negativePromptAttentionMask }: GenerateOptions,
  inputIds: Rows,
  vocabSize: number,
): { readonly ids: Rows; readonly mask: Rows } {
  const ids = isGiven(negativePromptIds)
    ? checkedRows("negativePromptIds", negativePromptIds, vocabSize)
    : inputIds.map((row) => row.slice(-1));
  if (ids.length !== inputIds.length)
    throw new GenerationError(
      "negativePromptIds",
      `has ${ids.length} rows, but inputIds has ${inputIds.length}; give one per prompt`,
      { given: ids.length, expected: inputIds.length },
    );
  const mask = isGiven(negativePromptAttentionMask)
    ? checkedMask("negativePromptAttentionMask", negativePromptAttentionMask, "negativePromptIds", ids)
    : ids.map((row) => row.map(() => 1));
  return { ids, mask };
}

/** One seed for each prompt; random ones where none is given. @throws GenerationError */
export function seedsOf(seed: unknown, prompts: number): readonly number[] {
  if (!isGiven(seed)) {
    const [first = 0] = crypto.getRandomValues(new Uint32Array(1));
    return Array.from({ length: prompts }, (_, prompt) => first + prompt);
  }
  const seeds = listOf(seed) ?? new Array<unknown>(prompts).fill(seed);
  const odd = seeds.findIndex((value) => !Number.isSafeInteger(value));
  if (odd >= 0) refuse("seed", seeds[odd], "a safe integer, or one for each prompt");
  if (seeds.length !== prompts)
    throw new GenerationError("seed", `has ${seeds.length} entries for ${prompts} prompts; give one for each`, {
      given: seeds.length,
      expected: prompts,
    });
  return seeds as readonly number[];
}
