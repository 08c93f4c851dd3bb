import { GenerationError } from "./errors.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { ResolvedGeneration } from "./resolve.ts";

/** @throws GenerationError for what this model cannot do */
export function checkModel(model: GenerativeModel, settings: ResolvedGeneration): void {
  const { promptLookupNumTokens, assistantModel, prefillChunkSize, warn } = settings;
  const speculating = assistantModel ? "assistantModel" : promptLookupNumTokens !== null && "promptLookupNumTokens";
  if (speculating && model.anglesDependOnLength)
    throw new GenerationError(
      speculating,
      "tries tokens beyond the text, but this model's RoPE angles follow the longest position; leave it out",
    );
  if (speculating && model.isBidirectional)
    throw new GenerationError(
      speculating,
      "tries tokens beyond the text, but in this model tokens see those behind them; leave it out",
    );
  if (assistantModel && assistantModel.config.vocabSize !== model.config.vocabSize)
    throw new GenerationError(
      "assistantModel",
      `has a vocabulary of ${assistantModel.config.vocabSize} tokens, the model one of ${model.config.vocabSize}; give a smaller model with the same tokenizer`,
      { given: assistantModel.config.vocabSize, expected: model.config.vocabSize },
    );
  if (prefillChunkSize !== null && model.anglesDependOnLength)
    warn(
      "prefillChunkSize: has no effect, since this model's RoPE angles follow the longest position and the prompt is read in one piece",
    );
  if (prefillChunkSize !== null && model.isBidirectional)
    warn(
      "prefillChunkSize: has no effect, since in this model tokens see those behind them and the prompt is read in one piece",
    );
}
