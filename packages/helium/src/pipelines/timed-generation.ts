import type { GenerateOptions } from "../generation/index.ts";
import type { ModelForCausalLM } from "../heads/index.ts";
import type { Tokenizer } from "../tokenizer/index.ts";

/**
 * Why a generation ended: an end-of-text token, the end of the text by its grammar, the number of tokens asked for, or the end of
 * the model's context.
 */
export type FinishReason = "eos" | "grammar" | "length" | "context";

export interface GenerationReport {
  /** Prompt and completion, decoded together. */
  readonly text: string;
  readonly completion: string;
  readonly inputIds: readonly number[];
  /** New ids. */
  readonly tokens: readonly number[];
  readonly finishReason: FinishReason;
  readonly seconds: number;
  /** Prompt tokens until the first new one, and new tokens after it; null where there was nothing to measure. */
  readonly tokensPerSecond: { readonly prefill: number | null; readonly decode: number | null };
}

export interface GenerationRequest {
  readonly inputIds: readonly number[];
  /** New tokens wanted. */
  readonly maxNewTokens: number;
  /** New tokens that fit the model's context. */
  readonly room: number;
  readonly options: GenerateOptions;
  /** Gets the text as it grows: first the prompt as the tokenizer reads it, then what is new. */
  readonly onText: (part: string, isPrompt: boolean) => void;
  /** Called when the prompt has been read and the first token is there. */
  readonly onFirstToken?: () => void;
}

/**
 * Generates one row, hands out the text as it grows, and measures both phases.
 *
 * @throws what `model.generate` throws
 * @example
 * const inputIds = tokenizer.encode("Once upon a time");
 * const { completion, finishReason, tokensPerSecond } = await timedGeneration(model, tokenizer, {
 *   inputIds,
 *   maxNewTokens: 8,
 *   room: model.config.maxPositionEmbeddings - inputIds.length,
 *   options: {},
 *   onText: (part) => process.stdout.write(part),
 * });
 * console.log(finishReason); // length
 */
export async function timedGeneration(
  model: ModelForCausalLM,
  tokenizer: Tokenizer,
  { inputIds, maxNewTokens, room, options, onText, onFirstToken }: GenerationRequest,
): Promise<GenerationReport> {
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: true });
  const prompt = inputIds.map((id) => decoder.push(id)).join("");
  onText(prompt, true);
  let completion = "";
  const add = (part: string): void => {
    completion += part;
    onText(part, false);
  };

  const tokens: number[] = [];
  let endedBy: string | null = null;
  let isFinished = false;
  const start = performance.now();
  let firstToken = start;
  const steps = model.stream({
    ...options,
    ...(inputIds.length > 0 && { inputIds: [inputIds] }),
    maxNewTokens: Math.min(maxNewTokens, room),
  });
  for await (const step of steps) {
    if (tokens.length === 0) {
      firstToken = performance.now();
      onFirstToken?.();
    }
    const [token = 0] = step.tokens;
    tokens.push(token);
    isFinished = step.finished[0] ?? false;
    endedBy = step.endedBy[0] ?? null;
    add(decoder.push(token));
  }
  const end = performance.now();
  add(decoder.flush());

  return {
    text: prompt + completion,
    completion,
    inputIds,
    tokens,
    finishReason: endedBy === "grammar" ? endedBy : isFinished ? "eos" : maxNewTokens > room ? "context" : "length",
    seconds: (end - start) / 1000,
    tokensPerSecond: {
      prefill: perSecond(inputIds.length, firstToken - start),
      decode: perSecond(tokens.length - 1, end - firstToken),
    },
  };
}

const perSecond = (count: number, ms: number): number | null => (count > 0 && ms > 0 ? (count / ms) * 1000 : null);
