import { AutoModelForCausalLM, type GenerateOptions, type Tokenizer } from "@helium-lm/helium";
import type { BackendChoice } from "./chosen-backend.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { openModel } from "./open-model.ts";
import type { LoadingOptions } from "./loading-options.ts";
import { UsageError, type OptionValues } from "./option-table.ts";
import type { SharedOptions } from "./shared-options.ts";
import type { speculationOptions } from "./speculation-options.ts";

/** What the options give to `generate`; disposing frees the draft model. */
export interface OpenSpeculation extends Disposable {
  readonly options: Pick<GenerateOptions, "assistantModel" | "promptLookupNumTokens">;
}

/** @throws UsageError where the tokenizer of the draft model is another one; what `openModel` throws */
export async function openSpeculation(
  subject: string,
  options: OptionValues<typeof speculationOptions> & Pick<SharedOptions, "json"> & BackendChoice & LoadingOptions,
  tokenizer: Tokenizer,
  io: CliIo,
): Promise<OpenSpeculation> {
  const { draft, lookup } = options;
  const lookedUp = lookup === undefined ? {} : { promptLookupNumTokens: lookup };
  if (draft === undefined) return { options: lookedUp, [Symbol.dispose]: () => undefined };
  const opened = await openModel(AutoModelForCausalLM, "helium-nano", { ...options, model: draft }, io);
  try {
    checkVocabulary(subject, draft, opened.tokenizer, tokenizer);
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
  return {
    options: { ...lookedUp, assistantModel: opened.model },
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
}

function checkVocabulary(subject: string, name: string, given: Tokenizer, expected: Tokenizer): void {
  const [theirs, ours] = [given.getVocab(), expected.getVocab()];
  const refuse = (difference: string): never => {
    throw new UsageError(
      subject,
      `--draft ${name} has another vocabulary: ${difference}; give a smaller model of the same kind`,
    );
  };
  if (theirs.size !== ours.size) refuse(`${theirs.size} tokens, but the model has ${ours.size}`);
  for (const [token, id] of ours)
    if (theirs.get(token) !== id)
      refuse(`${JSON.stringify(token)} is ${theirs.get(token) ?? "no token"} there and ${id} in the model's`);
}
