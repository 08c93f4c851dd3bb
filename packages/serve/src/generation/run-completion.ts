import type { EngineHandle, EngineToken } from "@helium-lm/helium";
import type { CompletionEvent, CompletionRequest, Usage } from "./completion.ts";
import { mergeStreams } from "./merge-streams.ts";
import { newTokensOf } from "./new-tokens.ts";
import { samplingOptions } from "./sampling-parameters.ts";
import { StopScanner } from "./stop-scanner.ts";
import { newTextDecoder } from "./text-decoder.ts";

/** The texts of a request as they are written. Leaving the loop early, or aborting the signal, ends them in the engine. */
export interface CompletionRun {
  readonly events: AsyncIterable<CompletionEvent>;
  /** What it has cost so far. */
  readonly usage: Usage;
}

/**
 * Begins the texts of a request, after its admission.
 *
 * @throws ApiError for a prompt that leaves no room in the context: nothing is cut
 */
export function runCompletion(request: CompletionRequest, signal: AbortSignal): CompletionRun {
  const maxNewTokens = newTokensOf(request);
  const { model, promptIds, sampling, logprobs, grammar, cacheSalt, engineOptions } = request;
  const handles = Array.from({ length: request.n }, (_, index) =>
    model.engine.submit({
      ...model.engineDefaults,
      ...engineOptions,
      ...samplingOptions(model, sampling, index),
      inputIds: promptIds,
      maxNewTokens,
      cacheSalt,
      signal,
      ...(logprobs !== null && { logprobs }),
      ...(grammar !== null && { grammar }),
    }),
  );
  const counts = handles.map(() => 0);
  return {
    events: mergeStreams(handles.map((handle, index) => textOf(request, handle, index, counts))),
    get usage() {
      return {
        promptTokens: promptIds.length,
        cachedTokens: Math.min(handles[0]?.stats.reusedTokens ?? 0, promptIds.length),
        completionTokens: counts.reduce((sum, count) => sum + count, 0),
      };
    },
  };
}

/** The events of one text. */
async function* textOf(
  request: CompletionRequest,
  handle: EngineHandle,
  index: number,
  counts: number[],
): AsyncGenerator<CompletionEvent, void, undefined> {
  const { stopTokenIds, minTokens } = request.sampling;
  const decoder = newTextDecoder(request);
  const scanner = new StopScanner(request.stop, request.includeStop);
  let tokens: EngineToken[] = [];
  const end = (finishReason: "stop" | "length", stop: string | number | null): CompletionEvent => ({
    kind: "end",
    index,
    finishReason,
    stop,
    tokens,
  });
  for await (const token of handle) {
    counts[index] = token.index + 1;
    tokens.push(token);
    const added = decoder.push(token.id);
    const { text, stop } = token.index < minTokens ? { text: added, stop: null } : scanner.push(added);
    if (text !== "") {
      yield { kind: "text", index, text, tokens };
      tokens = [];
    }
    if (stop !== null) {
      yield end("stop", stop);
      return;
    }
  }
  const { finishReason, ids } = await handle.result;
  const last = scanner.push(decoder.flush());
  const rest = last.stop === null ? last.text + scanner.flush() : last.text;
  if (rest !== "") {
    yield { kind: "text", index, text: rest, tokens };
    tokens = [];
  }
  const lastId = ids.at(-1);
  const isStopToken = finishReason === "eosTokenId" && lastId !== undefined && stopTokenIds.includes(lastId);
  const isLength = last.stop === null && (finishReason === "maxLength" || finishReason === "maxTime");
  yield end(isLength ? "length" : "stop", last.stop ?? (isStopToken ? lastId : null));
}
