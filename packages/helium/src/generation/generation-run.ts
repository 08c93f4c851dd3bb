import { SequenceGroup, type StepOutput } from "../engine/sequence-group.ts";
import type { Candidates, CandidatesWanted, Choice, OutputOf, ScoredWanted } from "../engine/outputs/wanted.ts";
import { Pacer } from "../event-loop.ts";
import { canSkipForced } from "./grammar/can-skip-forced.ts";
import { accepting, candidatesOf, likeliestAllowed } from "./grammar/run-grammar.ts";
import { checkModel } from "./options/check-combinations.ts";
import { checkLogits, checkScores, isAnyLeft, nothingLeft } from "./finite-scores.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { GenerateOptions } from "./options/generate-options.ts";
import { logitsProcessors } from "./processors/call-processors.ts";
import { grammarDefinition } from "./processors/grammar.ts";
import type { LogitsProcessor } from "./processors/processor.ts";
import { Recorder } from "./generate-output.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import { randomOf, type RowRandom, type Uniform } from "./row-random.ts";
import { candidatesToDraw } from "./candidates-to-draw.ts";
import { unconditionalRows } from "./unconditional-rows.ts";
import { argmaxRow, sampleRow, softmaxRow } from "./sampling.ts";
import { SeenLogits } from "./seen-logits.ts";
import type { SpeculationStats } from "./speculation/draft.ts";
import { verifyDrawn } from "./speculation/verify-drawn.ts";
import { endedBy, rowEndedBy, stoppingCriteria } from "./stopping/call-criteria.ts";
import type { StoppingCriterion } from "./stopping/criterion.ts";

/** One generation under way: everything that its steps share, and all it must free in the end. */
export class GenerationRun {
  readonly model: GenerativeModel;
  readonly settings: ResolvedGeneration;
  readonly signal: GenerateOptions["signal"];
  readonly state: SequenceGroup;
  readonly pacer: Pacer;
  /** One for each row, or in beam search for each prompt. */
  readonly random: readonly RowRandom[];
  readonly recorder: Recorder;
  /** The next token is the likeliest of the model's own logits, at which nobody else looks: they can stay on the device. */
  readonly isPlainGreedy: boolean;
  /** The same, but of the tokens that the rows' grammars allow: the logits are wanted where the likeliest of all is none. */
  readonly isChosenByDevice: boolean;
  /** Tokens that the grammars leave no choice of are added without a pass: nobody looks at their scores or states. */
  readonly skipsForced: boolean;
  /** The next token is drawn from the model's own k largest logits, at which nobody else looks; else null. */
  readonly candidates: CandidatesWanted | null;
  /** The same, of the logits that the rows' grammars allow: all of them are read. */
  readonly allowedCandidates: CandidatesWanted | null;
  readonly #processors: readonly LogitsProcessor[];
  readonly #criteria: readonly StoppingCriterion[];
  /** For the log-probabilities of the next tokens. */
  readonly logprobs: SeenLogits;
  #speculation: SpeculationStats | null = null;

  /**
   * @param logprobs how many of the likeliest tokens are told with each token; null: no log-probabilities
   * @throws GenerationError for what this model cannot do
   */
  constructor(
    model: GenerativeModel,
    settings: ResolvedGeneration,
    signal: GenerateOptions["signal"],
    logprobs: number | null = null,
  ) {
    checkModel(model, settings);
    this.model = model;
    this.settings = settings;
    this.signal = signal;
    this.logprobs = new SeenLogits(logprobs);
    this.pacer = new Pacer(signal);
    this.random = randomOf(settings);
    this.recorder = new Recorder(settings);
    this.#criteria = stoppingCriteria(settings);
    this.#processors = logitsProcessors(settings, () => unconditionalRows(model, settings, this.pacer));
    this.state = new SequenceGroup(model, settings, signal);
    const { doSample, outputScores, outputLogits, outputHiddenStates, outputAttentions } = settings;
    const isSeen = [outputScores, outputLogits, outputHiddenStates, outputAttentions].includes(true);
    this.isPlainGreedy = !doSample && !isSeen && this.#processors.length === 0;
    const isConstrainedOnly = settings.logitsProcessors.length === 0 && this.#processors.every(isOfGrammar);
    this.isChosenByDevice = !doSample && !isSeen && isConstrainedOnly;
    this.skipsForced = !isSeen && logprobs === null && canSkipForced(model, settings, this.onlyAllRows);
    this.candidates = isSeen ? null : candidatesToDraw(settings, this.#processors);
    const others = this.#processors.filter((processor) => !isOfGrammar(processor));
    this.allowedCandidates = isSeen || !settings.grammar ? null : candidatesToDraw(settings, others);
  }

  /** The next step of all rows; its states are recorded. */
  async next(live?: readonly boolean[]): Promise<StepOutput["logits"]> {
    if (this.logprobs.isWanted) {
      const rows = await this.read(
        this.state.rows.map(() => 1),
        { kind: "logits" },
      );
      return rows.flat();
    }
    const step = await this.state.next(this.pacer, live);
    this.recorder.addStates(step);
    return step.logits;
  }

  /** What is wanted after each of the last `outputs[row]` tokens of each row, and what log-probabilities need beside it. */
  async read<W extends ScoredWanted["of"]>(
    outputs: readonly number[],
    wanted: W,
  ): Promise<readonly (readonly OutputOf<W>[])[]> {
    if (!this.logprobs.isWanted) return this.state.wantedOfEach(this.pacer, outputs, wanted);
    const scored = { kind: "scored", of: wanted, k: this.logprobs.k } as const;
    const rows = await this.state.wantedOfEach(this.pacer, outputs, scored);
    this.logprobs.see(rows);
    // Outputs are of the kind that was wanted.
    return rows.map((row) => row.map(({ output }) => output as OutputOf<W>));
  }

  /**
   * The likeliest token after each row by the model's own logits; null for a row that is not live.
   *
   * @throws as `checkLogits` and `choose`
   */
  async nextGreedy(live: readonly boolean[]): Promise<readonly (number | null)[]> {
    const { settings, state } = this;
    const ahead = Math.max(0, settings.maxLength - state.length - 1);
    const choices = await this.readGreedy(live.map(Number), ahead);
    const own = choices.map(([choice = null], row) => (live[row] ? choice : null));
    own.forEach((choice, row) => choice?.logits && this.checkLogits(choice.logits, row));
    return own.map((choice, row) => choice && this.greedyToken(choice, this.state.rows[row] ?? [], row));
  }

  /**
   * The likeliest token after each of the last `outputs[row]` tokens of each row, and the logits where it may not stand.
   *
   * @param ahead tokens of each row that will be asked for behind it in the same way
   */
  readGreedy(outputs: readonly number[], ahead = 0): Promise<readonly (readonly Choice[])[]> {
    const { settings, state } = this;
    return this.read(outputs, {
      kind: "greedy",
      ahead,
      ...(settings.grammar && { accepts: accepting(settings.grammar, state.rows, outputs) }),
    });
  }

  /**
   * The token of each row, drawn from its largest logits alone: what is not among them has no probability after top-k, adds
   * nothing to any sum, and is at no place that counts. So it is the token that all scores would give.
   *
   * @throws as `checkLogits` and `choose`
   */
  async nextDrawn(live: readonly boolean[], candidates: CandidatesWanted): Promise<readonly (number | null)[]> {
    const given = await this.read(live.map(Number), candidates);
    const own = given.map(([one = null], row) => (live[row] ? one : null));
    own.forEach((one, row) => one instanceof Float32Array && this.checkLogits(one, row));
    const tokens: (number | null)[] = [];
    for (const [row, one] of own.entries()) {
      tokens.push(one && this.#draw(one, this.state.rows[row] ?? [], row));
      await this.pacer.pause();
    }
    return tokens;
  }

  /** The same, of the tokens that a row's grammar allows. @throws as `choose` */
  drawAllowed(logits: Float32Array, wanted: CandidatesWanted, ids: readonly number[], row: number): number {
    return this.#draw(candidatesOf(this, logits, wanted, ids, row), ids, row);
  }

  #draw(given: Candidates | Float32Array, ids: readonly number[], row: number): number {
    const isWhole = given instanceof Float32Array;
    const scores = (isWhole ? given : given.logits).slice();
    for (const processor of this.#processors) if (!isOfGrammar(processor)) processor.processRow?.({ scores, ids }, row);
    const place = this.choose(scores, row, ids.length);
    return isWhole ? place : (given.tokens[place] ?? place);
  }

  /** The likeliest token of a row, as the device has chosen it. @throws as `checkLogits` and `choose` */
  greedyToken({ token, logits }: Choice, ids: readonly number[], row: number): number {
    if (!logits) return token;
    this.checkLogits(logits, row, ids.length);
    return this.settings.grammar ? likeliestAllowed(this, logits, ids, row) : this.choose(logits, row, ids.length);
  }

  /** Lets the processors change the scores of `rows` in place, and records them. */
  async process(scores: readonly Float32Array[], rows = this.state.rows): Promise<void> {
    const step = scores.map((row, index) => ({ scores: row, ids: rows[index] ?? [] }));
    for (const processor of this.#processors) {
      await processor.process(step);
      await this.pacer.pause();
    }
    this.recorder.addScores(scores);
  }

  /** As `process`, for a row whose length is its own. */
  async processRow(scores: Float32Array, ids: readonly number[], row: number): Promise<void> {
    if (this.state.rows.length === 1) return this.process([scores], [ids]);
    this.#processAlone(scores, ids, row);
  }

  /**
   * The same for the scores of a draft, as far as processors look at a row alone.
   *
   * @returns false where one of them fails, as it may on a text that is never written
   */
  processDraft(scores: Float32Array, ids: readonly number[], row: number): boolean {
    try {
      this.#processAlone(scores, ids, row);
      return true;
    } catch {
      return false;
    }
  }

  /** By the processors that look at a row alone. */
  #processAlone(scores: Float32Array, ids: readonly number[], row: number): void {
    for (const processor of this.#processors) processor.processRow?.({ scores, ids }, row);
  }

  /** Name of a processor or criterion that only looks at all rows together; null where there is none. */
  get onlyAllRows(): string | null {
    const processor = this.#processors.find((one) => !one.processRow);
    return (processor ?? this.#criteria.find((one) => !one.isRowMet))?.name ?? null;
  }

  /** What was tried so far; null where nothing ever is. */
  get speculation(): SpeculationStats | null {
    return this.#speculation;
  }

  countDraft(drafted: number, accepted: number): void {
    const { draftedTokens = 0, acceptedTokens = 0 } = this.#speculation ?? {};
    this.#speculation = { draftedTokens: draftedTokens + drafted, acceptedTokens: acceptedTokens + accepted };
    this.state.countDraft(drafted, accepted);
  }

  /** @throws LogitsError when the model's logits of a row hold NaN or +∞, unless these are to be replaced */
  checkLogits(logits: Float32Array, row: number, length = this.state.length): void {
    const { removeInvalidValues, promptLength } = this.settings;
    if (!removeInvalidValues) checkLogits(logits, { step: length - promptLength, row });
  }

  /**
   * The token of a row: drawn, or the likeliest, which may be one that a processor gave +∞.
   *
   * @param length tokens of the row before
   * @throws GenerationError where none is left; LogitsError where one is NaN, or +∞ and to be drawn
   */
  choose(scores: Float32Array, row: number, length = this.state.length): number {
    const random = this.#randomFor(scores, row, length);
    return random ? sampleRow(scores, random) : argmaxRow(scores);
  }

  /** As `choose`, for a token that was drawn from another distribution: it stays where it can. */
  verify(
    scores: Float32Array,
    row: number,
    length: number,
    drawn: { readonly token: number; readonly distribution: Float64Array },
  ): number {
    const random = this.#randomFor(scores, row, length);
    if (!random) return argmaxRow(scores);
    return verifyDrawn(softmaxRow(scores), drawn.distribution, drawn.token, random);
  }

  /** Checks the scores of a row; random numbers where a token is to be drawn. */
  #randomFor(scores: Float32Array, row: number, length: number): Uniform | null {
    const { doSample, promptLength } = this.settings;
    const step = length - promptLength;
    checkScores(scores, { step, row }, doSample ? "finite" : "ordered");
    if (!isAnyLeft(scores)) throw nothingLeft(length, { step, row });
    return (doSample && this.random[row]?.at(step)) || null;
  }

  /** @throws GenerationError when no beam of a prompt has a token left; LogitsError for NaN and +∞ */
  checkBeams(scores: readonly Float32Array[]): void {
    const { numBeams, promptLength } = this.settings;
    const step = this.state.length - promptLength;
    scores.forEach((beam, row) => checkScores(beam, { step, row }, "finite"));
    for (let row = 0; row < scores.length; row += numBeams)
      if (!scores.slice(row, row + numBeams).some(isAnyLeft)) throw nothingLeft(this.state.length, { step, row });
  }

  /** Name of the criterion that ends each row, null where none does. */
  endedBy(rows = this.state.rows): (string | null)[] {
    return endedBy(this.#criteria, rows);
  }

  /** The same of one row whose length is its own. */
  endedByOf(ids: readonly number[], row: number): string | null {
    if (this.state.rows.length === 1) return this.endedBy([ids])[0] ?? null;
    return rowEndedBy(this.#criteria, ids, row);
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

const isOfGrammar = ({ name }: LogitsProcessor): boolean => name === grammarDefinition.option;
