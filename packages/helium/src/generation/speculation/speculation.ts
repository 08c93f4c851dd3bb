import type { GenerationRun } from "../generation-run.ts";
import { draftable } from "../grammar/run-grammar.ts";
import { noDraft, type Draft } from "./draft.ts";
import { DraftLength, tokenCost } from "./draft-length.ts";
import { lookUp } from "./look-up.ts";
import { ModelDrafter, type DraftRequest } from "./model-drafter.ts";

/** What is known of the drafts of a row: one length for each source. */
interface RowLengths {
  /** By the size of the match, from 1. */
  readonly lookup: readonly DraftLength[];
  readonly model: DraftLength;
}

/** Finds tokens to try behind the rows of a generation: in the text itself, else with the draft model. */
export class Speculation {
  readonly #run: GenerationRun;
  readonly #drafter: ModelDrafter | null;
  /** Time of a pass of the draft model, in passes of the model. */
  readonly #draftCost: number;
  readonly #lengths: readonly RowLengths[];
  /** Where the last draft of each row came from. */
  readonly #sources: (DraftLength | null)[];

  constructor(run: GenerationRun) {
    const { assistantModel, numAssistantTokens, numAssistantTokensSchedule: schedule, ...s } = run.settings;
    this.#run = run;
    this.#drafter = assistantModel && new ModelDrafter(run, assistantModel);
    this.#draftCost = assistantModel ? assistantModel.weightBytes / run.model.weightBytes : 0;
    this.#lengths = run.state.rows.map(() => ({
      lookup: Array.from(
        { length: s.maxMatchingNgramSize },
        () => new DraftLength(schedule, s.promptLookupNumTokens ?? 0),
      ),
      model: new DraftLength(schedule, numAssistantTokens),
    }));
    this.#sources = run.state.rows.map(() => null);
  }

  /** A draft for each row, empty for those that are not live. */
  async draft(live: readonly boolean[]): Promise<readonly Draft[]> {
    const rows = this.#run.state.rows;
    const cost = tokenCost(this.#sharing(live));
    this.#sources.fill(null);
    const requests: DraftRequest[] = [];
    const drafts = rows.map((ids, row) => {
      const found = live[row] ? this.#found(ids, row, cost) : null;
      if (live[row] && !found) requests.push(...this.#request(ids, row, cost));
      return found ?? noDraft;
    });
    const written = this.#drafter && requests.length > 0 ? await this.#drafter.draft(requests) : [];
    for (const [i, { row }] of requests.entries()) drafts[row] = written[i] ?? noDraft;
    return drafts;
  }

  /** After a pass over a row. */
  learn(row: number, drafted: number, accepted: number): void {
    const { lookup = [], model } = this.#lengths[row] ?? {};
    for (const length of [...lookup, ...(model ? [model] : [])])
      if (length === this.#sources[row]) length.learn(drafted, accepted);
      else length.learn(0, 0);
  }

  dispose(): void {
    this.#drafter?.dispose();
  }

  /** What followed the end of the row before. */
  #found(ids: readonly number[], row: number, cost: number): Draft | null {
    const { promptLookupNumTokens, maxMatchingNgramSize, maxLength } = this.#run.settings;
    if (promptLookupNumTokens === null) return null;
    const room = maxLength - ids.length - 1;
    const match = lookUp(ids, maxMatchingNgramSize, Math.min(promptLookupNumTokens, room));
    const length = match && this.#lengths[row]?.lookup[match.size - 1];
    const most = length?.next(cost) ?? 0;
    if (!match || !length || most === 0) return null;
    const tokens = draftable(this.#run, match.tokens.slice(0, most), ids, row);
    if (tokens.length === 0) return null;
    this.#sources[row] = length;
    return { tokens, distributions: null };
  }

  /** What is asked of the draft model. */
  #request(ids: readonly number[], row: number, cost: number): readonly DraftRequest[] {
    const { model } = this.#lengths[row] ?? {};
    if (!this.#drafter || !model) return [];
    const most = Math.min(model.next(cost + this.#draftCost), this.#run.settings.maxLength - ids.length - 1);
    if (most <= 0) return [];
    this.#sources[row] = model;
    return [{ row, ids, most }];
  }

  /**
   * Rows that a pass is shared by. A text drawn with a draft model depends on which tokens were drafted (its distribution
   * does not): there only the call's own rows count, so that nobody else in the engine changes it.
   */
  #sharing(live: readonly boolean[]): number {
    const { settings, state } = this.#run;
    if (settings.doSample && this.#drafter) return state.rows.length;
    return live.filter(Boolean).length + state.neighbours;
  }
}
