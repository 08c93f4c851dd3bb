import { GenerationError } from "../errors.ts";
import { resolveStreamed, runSteps } from "./generate.ts";
import { GenerationRun } from "./generation-run.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { GenerateOptions } from "./options/generate-options.ts";
import type { StopStringTokenizer } from "./stopping/index.ts";
import { describeValue } from "../given-values.ts";

/** What `streamText` needs of a tokenizer. */
export interface TextTokenizer extends StopStringTokenizer {
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): number[];
  streamDecoder(options: { readonly skipSpecialTokens: boolean; readonly after: readonly number[] }): {
    push(id: number): string;
    flush(): string;
  };
}

/** Options of `generate`, without those of several rows. */
export interface StreamTextOptions extends Omit<
  GenerateOptions,
  "inputIds" | "attentionMask" | "tokenizer" | "numReturnSequences"
> {
  /** The model's tokenizer. */
  readonly tokenizer: TextTokenizer;
  /** Put before the prompt what the tokenizer puts there (Helium: `<s>`). Default true; false for a chat template's prompt. */
  readonly addSpecialTokens?: boolean;
}

/** See `ModelForCausalLM.streamText`. */
export async function* streamText(
  model: GenerativeModel,
  prompt: string,
  options: StreamTextOptions,
): AsyncGenerator<string> {
  if (typeof prompt !== "string")
    throw new GenerationError("prompt", `is ${describeValue(prompt)}; expected a string; for token ids use stream()`, {
      given: prompt,
    });
  const { tokenizer, addSpecialTokens = true, ...settings } = checked(options);
  const inputIds = [...tokenizer.encode(prompt, { addSpecialTokens })];
  // Without a token, as of an empty prompt, the model starts from bos.
  const rows = inputIds.length > 0 ? { inputIds: [inputIds] } : {};
  const resolved = resolveStreamed(model, { ...settings, ...rows, tokenizer });
  // Where the end of the prompt is written anew, it is not told again.
  const [read = []] = resolved.inputIds;
  let toSkip = resolved.tokenHealing ? lengthOf(tokenizer, inputIds) - lengthOf(tokenizer, read) : 0;
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: true, after: inputIds.length > 0 ? read : [] });
  const unread = (text: string): string => {
    const skipped = Math.min(toSkip, text.length);
    toSkip -= skipped;
    return text.slice(skipped);
  };
  for await (const { tokens } of runSteps(new GenerationRun(model, resolved, settings.signal))) {
    const [token = 0] = tokens;
    const text = unread(decoder.push(token));
    if (text !== "") yield text;
  }
  const rest = unread(decoder.flush());
  if (rest !== "") yield rest;
}

/** Characters of the text of some tokens. */
function lengthOf(tokenizer: TextTokenizer, ids: readonly number[]): number {
  const decoder = tokenizer.streamDecoder({ skipSpecialTokens: true, after: [] });
  return ids.reduce((sum, id) => sum + decoder.push(id).length, 0) + decoder.flush().length;
}

/** @throws GenerationError without a tokenizer, and for options of several rows */
function checked(options: StreamTextOptions): StreamTextOptions {
  const given: Readonly<Record<string, unknown>> =
    typeof options === "object" && options !== null ? { ...options } : {};
  const { tokenizer } = given as Partial<StreamTextOptions>;
  if (typeof tokenizer?.encode !== "function" || typeof tokenizer.streamDecoder !== "function")
    throw new GenerationError("tokenizer", "is missing; pass the model's, from AutoTokenizer", {});
  for (const name of ["inputIds", "attentionMask", "numReturnSequences"])
    if (given[name] !== undefined && given[name] !== null)
      throw new GenerationError(name, "is not an option of streamText, which continues one text; use stream()", {
        given: given[name],
      });
  return options;
}
