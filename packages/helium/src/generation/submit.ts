import { EngineHandle, noStats, type HandleSink } from "../engine/engine-handle.ts";
import type { ClientEngine } from "../engine/engine-client.ts";
import type { EngineRequest, EngineResult, RequestStats, TokenLogprobs } from "../engine/request.ts";
import { listOf } from "../given-values.ts";
import { isNatural, objectOf, refuse } from "./option-checks.ts";
import { GenerationError } from "../errors.ts";
import { resolveStreamed, runSteps } from "./generate.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import { GenerationRun } from "./generation-run.ts";

/** Goes on with one text in an engine; whoever holds the handle reads and ends it. It never throws: the handle tells. */
export function submit(model: GenerativeModel, engine: ClientEngine, request: EngineRequest): EngineHandle {
  return new EngineHandle((sink) => {
    const controller = new AbortController();
    void drive(model, engine, request, { sink, controller });
    return (reason) => controller.abort(reason);
  });
}

interface Owner {
  readonly sink: HandleSink;
  readonly controller: AbortController;
}

async function drive(
  model: GenerativeModel,
  engine: ClientEngine,
  request: EngineRequest,
  { sink, controller }: Owner,
): Promise<void> {
  const start = performance.now();
  let forget = (): void => undefined;
  try {
    const { inputIds, signal, logprobs = null, ...options } = objectOf("request", request);
    const settings = resolveStreamed(model, {
      ...options,
      inputIds: rowsOf(inputIds),
      engine,
      ...(signal && { signal }),
    });
    checkRequest(model, settings);
    checkLogprobs(logprobs, model.config.vocabSize);
    forget = follow(signal, controller);
    const run = new GenerationRun(model, settings, controller.signal, logprobs);
    const ids: number[] = [];
    const told: TokenLogprobs[] = [];
    let stats: RequestStats = { ...noStats, promptTokens: settings.promptLength };
    for await (const { tokens, endedBy, logprobs: all } of runSteps(run)) {
      const [id = 0] = tokens;
      const totalMs = performance.now() - start;
      stats = {
        ...stats,
        ...run.state.usage,
        newTokens: ids.length + 1,
        finishReason: endedBy[0] ?? null,
        firstTokenMs: stats.firstTokenMs ?? totalMs,
        totalMs,
      };
      const own = all?.[0];
      sink.token({ id, index: ids.length, ...(own && { logprobs: own }) }, stats);
      ids.push(id);
      if (own) told.push(own);
    }
    sink.end({
      ids,
      ...(logprobs !== null && { logprobs: told }),
      finishReason: stats.finishReason ?? "",
      stats,
      warnings: settings.warnings,
    } satisfies EngineResult);
  } catch (error) {
    sink.fail(error);
  } finally {
    forget();
  }
}

/** @throws GenerationError */
function checkLogprobs(given: number | null, vocabSize: number): void {
  if (given !== null && !(isNatural(given) && given <= vocabSize))
    refuse("logprobs", given, `an integer from 0 to the ${vocabSize} tokens of the vocabulary`);
}

/** Aborts the controller when the signal is. @returns how to end that */
function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort);
  return () => signal?.removeEventListener("abort", abort);
}

/** `[T]` → `[[T]]`; what is neither is left for the checks of `generate`. */
function rowsOf(inputIds: EngineRequest["inputIds"]): readonly (readonly number[])[] {
  const list = listOf(inputIds);
  const isFlat = list !== null && list.length > 0 && list.every((item) => listOf(item) === null);
  return (isFlat ? [inputIds] : inputIds) as readonly (readonly number[])[];
}

/** @throws GenerationError for more than one row, and for a text that is longer than the context */
function checkRequest(
  { anglesDependOnLength }: GenerativeModel,
  { inputIds, copies, promptLength, maxLength, maxPositionEmbeddings }: ResolvedGeneration,
): void {
  const rows = inputIds.length * copies;
  if (rows > 1)
    throw new GenerationError(
      copies > 1 ? "numReturnSequences" : "inputIds",
      `gives ${rows} rows, but a request is one text; submit one request for each`,
      { given: rows, expected: 1 },
    );
  // Angles that follow the length go beyond the positions that the model was trained with.
  if (maxLength > maxPositionEmbeddings && !anglesDependOnLength)
    throw new GenerationError(
      "maxLength",
      `a prompt of ${promptLength} tokens and ${maxLength - promptLength} new ones make ${maxLength}, but the model has ${maxPositionEmbeddings} positions; shorten the prompt or lower maxNewTokens`,
      { given: maxLength, promptLength, expected: maxPositionEmbeddings },
    );
}
