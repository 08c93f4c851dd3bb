import type { Tensor } from "@helium-lm/tensor";
import { disposeStates, type StepOutput } from "../engine/sequence-group.ts";
import type { GenerationRecord } from "./generate-output.ts";
import type { ResolvedGeneration } from "./resolve.ts";

type Wanted = Pick<ResolvedGeneration, "outputScores" | "outputLogits" | "outputHiddenStates" | "outputAttentions">;

/** Collects what a generation is to return of its steps. */
export class Recorder {
  readonly #scores: (readonly Float32Array[])[] | null;
  readonly #logits: (readonly Float32Array[])[] | null;
  readonly #hiddenStates: (readonly (Tensor | null)[])[] | null;
  readonly #attentions: (readonly Tensor[])[] | null;

  constructor(wanted: Wanted) {
    this.#scores = wanted.outputScores ? [] : null;
    this.#logits = wanted.outputLogits ? [] : null;
    this.#hiddenStates = wanted.outputHiddenStates ? [] : null;
    this.#attentions = wanted.outputAttentions ? [] : null;
  }

  get record(): GenerationRecord {
    return {
      scores: this.#scores,
      logits: this.#logits,
      hiddenStates: this.#hiddenStates,
      attentions: this.#attentions,
    };
  }

  /** The states of a step; they are the recorder's from here on. */
  addStates({ hiddenStates, attentions }: StepOutput): void {
    if (hiddenStates) this.#hiddenStates?.push(hiddenStates);
    if (attentions) this.#attentions?.push(attentions);
  }

  /** The logits of a step, before processors change them. */
  addLogits(rows: readonly Float32Array[]): void {
    this.#logits?.push(rows.map((row) => row.slice()));
  }

  /** The processed scores of a step. */
  addScores(rows: readonly Float32Array[]): void {
    this.#scores?.push(rows.map((row) => row.slice()));
  }

  /** Frees what was collected. */
  dispose(): void {
    disposeStates({ hiddenStates: this.#hiddenStates?.flat() ?? null, attentions: this.#attentions?.flat() ?? null });
  }
}
