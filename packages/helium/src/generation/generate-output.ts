import type { Tensor } from "@helium-lm/tensor";
import type { SpeculationStats } from "./speculation/draft.ts";

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
