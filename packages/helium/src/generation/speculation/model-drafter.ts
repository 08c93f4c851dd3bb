import { SequenceGroup } from "../../engine/sequence-group.ts";
import type { TopTokens } from "../../engine/outputs/wanted.ts";
import type { GenerativeModel } from "../generative-model.ts";
import type { GenerationRun } from "../generation-run.ts";
import { isOpen } from "../grammar/run-grammar.ts";
import { argmaxRow, drawIndex, softmaxRow } from "../sampling.ts";
import type { Draft } from "./draft.ts";

/** A row behind whose end tokens are to be tried. */
export interface DraftRequest {
  readonly row: number;
  readonly ids: readonly number[];
  /** Tokens at most, at least 1. */
  readonly most: number;
}

interface OpenDraft extends DraftRequest {
  readonly ids: number[];
  readonly tokens: number[];
  readonly distributions: Float64Array[];
}

/**
 * Writes ahead with a smaller model, all rows in the same passes. It chooses as the generation does, from scores that the
 * same processors shaped; what it draws is independent of what the model draws.
 */
export class ModelDrafter {
  readonly #run: GenerationRun;
  readonly #rows: SequenceGroup;
  readonly #context: number;
  /** Tokens of each row of its own that are the text's. */
  readonly #agreed: number[];
  /** Drafts so far: each has random numbers of its own, since what became of the last one tells of its numbers. */
  #round = 0;

  constructor(run: GenerationRun, assistant: GenerativeModel) {
    const { inputIds, attentionMask, copies, prefillChunkSize, promptLength, cacheSalt } = run.settings;
    this.#run = run;
    this.#context = assistant.config.maxPositionEmbeddings;
    const start = { inputIds, attentionMask, copies, prefillChunkSize, maxLength: run.settings.maxLength };
    const own = { useCache: true, engine: null, cache: null, kvDType: null, cacheSalt };
    const noStates = { outputHiddenStates: false, outputAttentions: false };
    this.#rows = new SequenceGroup(assistant, { ...start, ...own, ...noStates }, run.signal);
    this.#agreed = this.#rows.rows.map(() => promptLength);
  }

  /** One draft for each request, of at least no tokens. */
  async draft(requests: readonly DraftRequest[]): Promise<readonly Draft[]> {
    const { pacer, settings } = this.#run;
    const drafts = requests.map(({ ids, ...request }): OpenDraft => {
      return { ...request, ids: [...ids], tokens: [], distributions: [] };
    });
    let open = drafts.filter(({ ids }) => ids.length < this.#context);
    if (open.length === 0) return drafts.map(finished);
    this.#round++;
    // Rows of one prompt are equal only before they go on.
    if (this.#round === 1 && settings.copies > 1) await this.#next(this.#rows.rows.map((_, row) => row));
    for (const { row, ids } of open) this.#follow(row, ids);
    while (open.length > 0) {
      const given = await this.#next(open.map(({ row }) => row));
      open = open.filter((draft) => this.#grow(draft, given[draft.row]?.[0]));
      await pacer.pause();
    }
    return drafts.map(finished);
  }

  dispose(): void {
    this.#rows.dispose(false);
  }

  #next(rows: readonly number[]): Promise<readonly (readonly (Float32Array | TopTokens)[])[]> {
    const { pacer, isPlainGreedy } = this.#run;
    const outputs = this.#rows.rows.map((_, row) => Number(rows.includes(row)));
    return isPlainGreedy
      ? this.#rows.wantedOfEach(pacer, outputs, { kind: "top", k: 1 })
      : this.#rows.nextOfEach(pacer, outputs);
  }

  /** Makes its own row the text again: tokens that were rejected go, those that it did not see come. */
  #follow(row: number, ids: readonly number[]): void {
    const own = this.#rows.rows[row] ?? [];
    let agreed = this.#agreed[row] ?? 0;
    // The last token is always read: its logits are wanted.
    while (agreed < Math.min(own.length, ids.length - 1) && own[agreed] === ids[agreed]) agreed++;
    if (agreed < own.length) this.#rows.truncate(row, agreed);
    this.#rows.extend(row, ids.slice(agreed));
    this.#agreed[row] = ids.length;
  }

  /** One token more, unless the model is not sure enough of any. @returns whether another may follow */
  #grow(draft: OpenDraft, given: Float32Array | TopTokens | undefined): boolean {
    const { row, ids, most, tokens } = draft;
    const token = given instanceof Float32Array ? this.#choose(draft, given) : given && this.#likeliest(given);
    if (token === undefined) return false;
    tokens.push(token);
    ids.push(token);
    this.#rows.extend(row, [token]);
    const isEnd = this.#run.settings.eosTokenIds.has(token) || !isOpen(this.#run, ids, row);
    return tokens.length < most && ids.length < this.#context && !isEnd;
  }

  #likeliest({ tokens, logProbs }: TopTokens): number | undefined {
    const { assistantConfidenceThreshold: threshold } = this.#run.settings;
    return Math.exp(logProbs[0] ?? NaN) >= threshold ? tokens[0] : undefined;
  }

  #choose({ row, ids, distributions }: OpenDraft, scores: Float32Array): number | undefined {
    const { settings, random } = this.#run;
    const { doSample, assistantConfidenceThreshold: threshold, promptLength } = settings;
    if (!this.#run.processDraft(scores, ids, row)) return undefined;
    const probabilities = doSample || threshold > 0 ? softmaxRow(scores) : null;
    // Whether a token follows must not depend on which one was drawn: those that stay would not have its distribution.
    if (probabilities && !(probabilities.reduce((most, p) => Math.max(most, p), 0) >= threshold)) return undefined;
    if (!doSample || !probabilities) return argmaxRow(scores);
    distributions.push(probabilities);
    return drawIndex(probabilities, random[row]?.at(ids.length - promptLength, this.#round).uniform() ?? 0);
  }
}

const finished = ({ tokens, distributions }: OpenDraft): Draft => ({
  tokens,
  distributions: distributions.length > 0 ? distributions : null,
});
