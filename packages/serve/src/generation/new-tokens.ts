import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { CompletionRequest } from "./completion.ts";

/** What the fields are called in the API that asks, for its errors. */
export interface RoomFields {
  readonly prompt: string;
  readonly maxTokens: string;
}

/**
 * New tokens of each text at most, by what the context has room for behind its prompt: nothing is cut in silence.
 *
 * @throws ApiError with both numbers for a prompt that leaves too little room
 */
export function newTokensOf(
  {
    model,
    promptIds,
    maxTokens,
  }: Pick<CompletionRequest, "promptIds" | "maxTokens"> & {
    readonly model: Pick<ServedModel, "contextLength">;
  },
  fields: RoomFields = { prompt: "prompt", maxTokens: "max_tokens" },
): number {
  const room = model.contextLength - promptIds.length;
  if (promptIds.length === 0) throw invalidRequest(fields.prompt, "has no tokens; give at least one");
  const least = maxTokens ?? 1;
  if (least <= room) return maxTokens ?? room;
  const asked = maxTokens === null ? "" : ` and ${maxTokens} new ones`;
  throw invalidRequest(
    room < Math.min(1, least) ? fields.prompt : fields.maxTokens,
    `a prompt of ${promptIds.length} tokens${asked} is longer than the model's context of ${model.contextLength}; shorten the prompt or ask for fewer tokens`,
    {
      code: "context_length_exceeded",
      details: { promptTokens: promptIds.length, maxTokens, contextLength: model.contextLength },
    },
  );
}
