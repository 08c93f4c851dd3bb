import { Rng } from "@helium-lm/tensor";
import { DecodingState, type StepOutput } from "./decoding-state.ts";
import { GenerationError } from "./errors.ts";
import { Pacer } from "./event-loop.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { GenerateOptions } from "./options.ts";
import { logitsProcessors, type LogitsProcessor, type UnconditionalRows } from "./processors/index.ts";
import { Recorder } from "./recorder.ts";
import type { ResolvedGeneration } from "./resolve.ts";
import { argmaxRow, sampleRow } from "./sampling.ts";
import { endedBy, stoppingCriteria, type StoppingCriterion } from "./stopping/index.ts";

/** One generation under way: everything that its steps share, and all it must free in the end. */
export class Run {
  readonly settings: ResolvedGeneration;
  readonly state: DecodingState;
  readonly pacer: Pacer;
  readonly rng: Rng;
  readonly recorder: Recorder;
  readonly #processors: readonly LogitsProcessor[];
  readonly #criteria: readonly StoppingCriterion[];

  /** @throws GenerationError for what this model cannot do */
  constructor(model: GenerativeModel, settings: ResolvedGeneration, signal: GenerateOptions["signal"]) {
    checkModel(model, settings);
    this.settings = settings;
    this.pacer = new Pacer(signal);
    this.rng = new Rng(settings.seed);
    this.recorder = new Recorder(settings);
    this.#criteria = stoppingCriteria(settings);
    this.#processors = logitsProcessors(settings, () => unconditionalRows(model, settings, this.pacer));
    this.state = new DecodingState(model, settings);
  }

  /** The next step of all rows; its states are recorded. */
  async next(positions?: number): Promise<StepOutput["logits"]> {
    const step = await this.state.next(this.pacer, positions);
    this.recorder.addStates(step);
    return step.logits;
  }

  /** Lets the processors change the scores of `rows` in place, and records them. */
  async process(scores: readonly Float32Array[], rows = this.state.rows): Promise<void> {
    const step = scores.map((row, index) => ({ scores: row, ids: rows[index] ?? [] }));
    for (const processor of this.#processors) await processor.process(step);
    this.recorder.addScores(scores);
  }

  /** The token of a row: drawn, or the likeliest. @throws GenerationError where none is left */
  choose(scores: Float32Array): number {
    if (!scores.some((score) => score > -Infinity))
      throw new GenerationError(
        "generate",
        `no token is left after ${this.state.length} tokens: every score is −∞ or NaN; loosen badWordsIds, suppressTokens or the caller's own processors`,
        { length: this.state.length },
      );
    return this.settings.doSample ? sampleRow(scores, this.rng) : argmaxRow(scores);
  }

  /** Name of the criterion that ends each row, null where none does. */
  endedBy(rows = this.state.rows): (string | null)[] {
    return endedBy(this.#criteria, rows);
  }

  /** Row i goes on as the old row `parents[i]`. */
  select(parents: readonly number[]): void {
    this.state.select(parents);
    for (const processor of this.#processors) processor.select?.(parents);
  }

  /** Frees everything but what was recorded, which is freed only after a failure. */
  dispose(isFailed: boolean): void {
    this.state.dispose(isFailed);
    for (const processor of this.#processors) processor.dispose?.();
    if (isFailed) this.recorder.dispose();
  }
}

function checkModel({ anglesDependOnLength }: GenerativeModel, settings: ResolvedGeneration): void {
  if (!anglesDependOnLength) return;
  if (settings.promptLookupNumTokens !== null)
    throw new GenerationError(
      "promptLookupNumTokens",
      "tries tokens beyond the text, but this model's RoPE angles follow the longest position; leave it out",
    );
  if (settings.prefillChunkSize !== null)
    settings.warn(
      "prefillChunkSize: has no effect, since this model's RoPE angles follow the longest position and the prompt is read in one piece",
    );
}

/** Rows that go on as the generated ones do, but from the negative prompts. */
function unconditionalRows(model: GenerativeModel, settings: ResolvedGeneration, pacer: Pacer): UnconditionalRows {
  const { ids: inputIds, mask: attentionMask } = settings.negativePrompt;
  const { copies, useCache, prefillChunkSize, kvDType, maxLength, promptLength } = settings;
  const state = new DecodingState(model, {
    inputIds,
    attentionMask,
    copies,
    useCache,
    prefillChunkSize,
    cache: null,
    kvDType,
    maxLength: (inputIds[0]?.length ?? 0) + maxLength - promptLength,
    outputHiddenStates: false,
    outputAttentions: false,
  });
  return {
    next: async (newTokens) => {
      if (newTokens) state.append(newTokens);
      return (await state.next(pacer)).logits;
    },
    select: (parents) => state.select(parents),
    dispose: () => state.dispose(false),
  };
}
