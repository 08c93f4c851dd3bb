import type { Tensor } from "@helium-lm/tensor";
import type { SpeculationStats } from "./speculation/draft.ts";
import { disposeStates, type StepOutput } from "../engine/sequence-group.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import { GenerationError } from "../errors.ts";
import { logSoftmaxRow } from "./sampling.ts";

/** What a generation may return besides its rows; null = not asked for. */
export interface GenerationRecord {
  /** After the processors, `[step][row]` of V: what tokens were chosen from. In beam search without the running sums. */
  readonly scores: readonly (readonly Float32Array[])[] | null;
  /** As the model gave them, `[step][row]` of V. */
  readonly logits: readonly (readonly Float32Array[])[] | null;
  /** `[step][L+1]`, each `[rows, T, C]`: T is the prompt in the first step (or its last chunk), then 1. */
  readonly hiddenStates: readonly (readonly (Tensor | null)[])[] | null;
  /** `[step][L]`, each `[rows, H, T, S]`. */
  readonly attentions: readonly (readonly Tensor[])[] | null;
}

/** What beam search adds. */
export interface BeamRecord {
  /** Sum of the log-probabilities, divided by `length ** lengthPenalty`. */
  readonly sequencesScores: readonly number[];
  /** For each new token, the row of that step's scores it was chosen from; −1 after the end. */
  readonly beamIndices: readonly (readonly number[])[];
}

interface Fields extends GenerationRecord {
  readonly sequences: number[][];
  readonly endedBy: readonly (string | null)[];
  readonly warnings: readonly string[];
  readonly beams: BeamRecord | null;
  readonly speculation: SpeculationStats | null;
}

/** The rows of a generation and what was asked for beside them. `dispose` frees its tensors; without any it does nothing. */
export class GenerateOutput implements GenerationRecord, Disposable {
  /** Prompt and generated ids per row, finished rows filled with the pad token: `[B · numReturnSequences][≤ maxLength]`. */
  readonly sequences: number[][];
  /** Why each row ended: the name of a stopping criterion, such as "eosTokenId" or "maxLength"; null for beams. */
  readonly endedBy: readonly (string | null)[];
  /** Options that had no effect or are not what was probably meant. */
  readonly warnings: readonly string[];
  readonly scores: GenerationRecord["scores"];
  readonly logits: GenerationRecord["logits"];
  readonly hiddenStates: GenerationRecord["hiddenStates"];
  readonly attentions: GenerationRecord["attentions"];
  /** Only of beam search. */
  readonly sequencesScores: readonly number[] | null;
  /** Only of beam search. */
  readonly beamIndices: BeamRecord["beamIndices"] | null;

  /** Not among the fields that are compared: a text that tokens were tried for equals one without. */
  readonly #speculation: SpeculationStats | null;

  constructor({ sequences, endedBy, warnings, scores, logits, hiddenStates, attentions, beams, speculation }: Fields) {
    this.sequences = sequences;
    this.endedBy = endedBy;
    this.warnings = warnings;
    this.scores = scores;
    this.logits = logits;
    this.hiddenStates = hiddenStates;
    this.attentions = attentions;
    this.sequencesScores = beams?.sequencesScores ?? null;
    this.beamIndices = beams?.beamIndices ?? null;
    this.#speculation = speculation;
  }

  /** Tokens that a draft model or prompt lookup tried, and those that stayed; null without either. */
  get speculation(): SpeculationStats | null {
    return this.#speculation;
  }

  dispose(): void {
    for (const step of [...(this.hiddenStates ?? []), ...(this.attentions ?? [])]) for (const t of step) t?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

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

/**
 * The score of each new token among those it was chosen from, `[row][new token]`; 0 after the end of a beam. The sum of a
 * beam's, divided by `length ** lengthPenalty`, is its entry in `sequencesScores`.
 *
 * @param options.normalizeLogits take the log-softmax of the scores first; default false
 * @throws GenerationError unless the output has scores
 * @example
 * using output = await model.generate({ inputIds: prompts[0], maxNewTokens: 4, outputScores: true });
 * const [scores] = computeTransitionScores(output, { normalizeLogits: true });
 * console.log([scores.length, scores.every((score) => score <= 0)]); // [ 4, true ]
 */
export function computeTransitionScores(
  { sequences, scores, beamIndices }: Pick<GenerateOutput, "sequences" | "scores" | "beamIndices">,
  { normalizeLogits = false }: { readonly normalizeLogits?: boolean } = {},
): number[][] {
  if (!scores) throw new GenerationError("scores", "were not kept; generate with outputScores: true");
  const kept: readonly (readonly ArrayLike<number>[])[] = normalizeLogits
    ? scores.map((step) => step.map(logSoftmaxRow))
    : scores;
  const steps = beamIndices ? (beamIndices[0]?.length ?? 0) : scores.length;
  return sequences.map((ids, row) =>
    ids.slice(ids.length - steps).map((token, step) => {
      const from = beamIndices ? (beamIndices[row]?.[step] ?? -1) : row;
      return from < 0 ? 0 : (kept[step]?.[from]?.[token] ?? 0);
    }),
  );
}
