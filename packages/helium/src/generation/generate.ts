import { beamSearch } from "./beam-search.ts";
import { GenerationError } from "../errors.ts";
import { GenerateOutput } from "./generate-output.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { GenerateOptions } from "./options/generate-options.ts";
import { resolveGeneration } from "./options/resolve.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import { GenerationRun } from "./generation-run.ts";
import { ownPaceSteps } from "./own-pace-steps.ts";
import { canSpeculate } from "./speculation/index.ts";
import { tokenSteps, type GenerationStep } from "./token-steps.ts";

/**
 * Generates step by step: greedy or sampling, either with a draft model or prompt lookup. Ends when every row has met a stopping criterion;
 * leaving the loop early frees the cache.
 *
 * @throws GenerationError before the first step; the signal's reason when aborted
 * @example
 * for await (const { tokens } of generateSteps(model, { inputIds: prompts[0], maxNewTokens: 4 })) show(tokens);
 */
export async function* generateSteps(model: GenerativeModel, options: GenerateOptions): AsyncGenerator<GenerationStep> {
  yield* runSteps(new GenerationRun(model, resolveStreamed(model, options), options.signal));
}

/** Settings of a generation whose tokens are told as they come. @throws GenerationError */
export function resolveStreamed(model: GenerativeModel, options: GenerateOptions): ResolvedGeneration {
  const settings = resolveGeneration(options, model.generationConfig, model.config);
  if (settings.numBeams > 1)
    throw new GenerationError("numBeams", `is ${settings.numBeams}, but beams cannot be streamed; use generate`);
  if (settings.outputScores || settings.outputLogits || settings.outputHiddenStates || settings.outputAttentions)
    settings.warn(
      "outputScores, outputLogits, outputHiddenStates, outputAttentions: a stream has tokens only; use generate",
    );
  const unrecorded = { outputScores: false, outputLogits: false, outputHiddenStates: false, outputAttentions: false };
  return { ...settings, ...unrecorded };
}

/** The steps of a run, which is freed when they end or nobody asks for the next one. */
export async function* runSteps(run: GenerationRun): AsyncGenerator<GenerationStep> {
  let isFailed = false;
  try {
    yield* stepsOf(run);
  } catch (error) {
    isFailed = true;
    throw error;
  } finally {
    run.dispose(isFailed);
  }
}

/** Generates to the end: greedy decoding, sampling, or beam search. */
export async function generate(model: GenerativeModel, options: GenerateOptions): Promise<GenerateOutput> {
  const settings = resolveGeneration(options, model.generationConfig, model.config);
  const run = new GenerationRun(model, settings, options.signal);
  let isFailed = true;
  try {
    const rows = settings.numBeams > 1 ? await beamRows(run) : await tokenRows(run, settings);
    const output = new GenerateOutput({
      ...rows,
      ...run.recorder.record,
      warnings: settings.warnings,
      speculation: run.speculation,
    });
    isFailed = false;
    return output;
  } finally {
    run.dispose(isFailed);
  }
}

type Rows = Pick<ConstructorParameters<typeof GenerateOutput>[0], "sequences" | "endedBy" | "beams">;

async function beamRows(run: GenerationRun): Promise<Rows> {
  const { sequences, ...beams } = await beamSearch(run);
  return { sequences, endedBy: sequences.map(() => null), beams };
}

async function tokenRows(run: GenerationRun, { inputIds, copies }: ResolvedGeneration): Promise<Rows> {
  const sequences = inputIds.flatMap((row) => Array.from({ length: copies }, () => [...row]));
  let endedBy: GenerationStep["endedBy"] = [];
  for await (const step of stepsOf(run)) {
    step.tokens.forEach((token, row) => sequences[row]?.push(token));
    endedBy = step.endedBy;
  }
  return { sequences, endedBy, beams: null };
}

function stepsOf(run: GenerationRun): AsyncGenerator<GenerationStep> {
  const speculates = canSpeculate(run);
  return speculates || run.skipsForced ? ownPaceSteps(run, speculates) : tokenSteps(run);
}
