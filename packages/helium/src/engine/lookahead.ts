import type { ChosenRows, ChosenTokens, SequenceStep, StepInputs } from "@helium-lm/nn";
import type { EngineModel } from "./engine-model.ts";
import type { PlannedStep } from "./plan-pass.ts";
import type { Choice } from "./outputs/wanted.ts";

/** Passes that are read at once, at most. */
const MOST_TOGETHER = 8;

/** Time that tokens wait for those which are read with them, in ms. */
const TOGETHER_MS = 50;

/** Passes over the same sequences, each a token longer than the one before, that are queued without being read. */
interface Run {
  readonly inputs: StepInputs;
  readonly chosen: ChosenTokens;
  /** Those of the first pass. */
  readonly steps: readonly PlannedStep[];
  /** Slot of each sequence's token in the first pass. */
  readonly slots: readonly number[];
  /** Tokens of each sequence with the first pass. */
  readonly lengths: readonly number[];
  /** Passes at most: what was asked for, in the pages that are there. */
  readonly most: number;
  queued: number;
  taken: number;
  /** What was read and is not taken yet. */
  readonly known: ChosenRows[];
  /** On their way. */
  readonly groups: { readonly passes: number; readonly read: Promise<readonly ChosenRows[]> }[];
  /** What the pass taken last chose. */
  last: ChosenRows | null;
  since: number;
}

/**
 * Greedy decoding on a device beside the event loop: the device chooses a token and begins the next pass with it, while the
 * tokens before are on their way to the host, some at a time. So the queue is never empty for want of a token. Passes behind
 * the end of a text are computed in vain; what they wrote lies behind the text's tokens, where nobody looks.
 *
 * As multi-step and asynchronous scheduling in vLLM.
 */
export class Lookahead {
  readonly #model: Pick<EngineModel, "backend" | "pass">;
  /** Passes that are read at once; null: by their pace. */
  readonly #together: number | null;
  #run: Run | null = null;
  /** What a pass takes, in ms. */
  #pace = Infinity;

  constructor(model: Pick<EngineModel, "backend" | "pass">, together: number | undefined) {
    this.#model = model;
    this.#together = together ?? null;
  }

  /** Passes whose tokens the buffers of a pass have to keep; 0 where tokens are read at once, or passes are not replayed. */
  get keptPasses(): number {
    const { backend } = this.#model;
    const isBeside = !backend.capabilities.syncRead && backend.createRecorder !== undefined;
    const most = this.#together ?? MOST_TOGETHER;
    return isBeside && most > 1 ? most : 0;
  }

  /** Told how long a pass took; of interest is one that was read before the next. */
  notePass(steps: readonly PlannedStep[], ms: number): void {
    if (!this.#run && passesWanted(steps) > 1) this.#pace = ms;
  }

  /**
   * Goes on behind a pass that is queued and has chosen its tokens, if that is worth it.
   *
   * @returns whether it does: what the pass chose is then told by `next`
   */
  begin(inputs: StepInputs, steps: readonly PlannedStep[]): boolean {
    const { chosen } = inputs;
    const most = passesWanted(steps);
    const isOneText = steps.every(({ work }) => work === steps[0]?.work);
    if (!chosen || !isOneText || most < 2 || this.#size < 2) return false;
    const run: Run = {
      ...{ inputs, chosen, steps, most, queued: 1, taken: 0, known: [], groups: [], last: null },
      slots: steps.map(({ sequence }) => sequence.slot(sequence.length - 1)),
      lengths: steps.map(({ sequence }) => sequence.length),
      since: performance.now(),
    };
    this.#run = run;
    this.#queue(run, 1);
    return true;
  }

  /** What a pass with these steps has chosen, if it is queued already. Else what is queued is forgotten, and computed in vain. */
  async next(steps: readonly PlannedStep[]): Promise<readonly Choice[] | null> {
    const run = this.#run;
    if (!run) return null;
    const rows = isNextOf(run, steps) ? await this.#rows(run) : null;
    if (rows?.largest.every(Number.isFinite)) {
      run.taken++;
      run.last = rows;
      return Array.from(rows.tokens, (token) => ({ token, logits: null }));
    }
    // Of numbers that are not finite the host wants the logits, which are gone.
    this.#run = null;
    return null;
  }

  /** Passes that are read at once. */
  get #size(): number {
    return this.#together ?? Math.min(MOST_TOGETHER, Math.floor(TOGETHER_MS / this.#pace));
  }

  /** What the next pass chose; null: it is not queued, or could not be read. */
  async #rows(run: Run): Promise<ChosenRows | null> {
    if (run.known.length === 0) {
      // One group is on its way while the next one is computed.
      this.#queue(run, 0);
      const group = run.groups.shift();
      // What failed is computed again, and fails again if it is to.
      const rows = await group?.read.catch(() => null);
      if (!group || !rows) return null;
      const now = performance.now();
      this.#pace = (now - run.since) / group.passes;
      run.since = now;
      run.known.push(...rows);
    }
    return run.known.shift() ?? null;
  }

  /** Queues a group. @param before passes of it that are queued already */
  #queue(run: Run, before: number): void {
    const { inputs, chosen, steps, lengths } = run;
    const passes = before + Math.min(Math.max(1, this.#size) - before, run.most - run.queued);
    if (passes === 0) return;
    for (let place = before; place < passes; place++, run.queued++) {
      inputs.advance(
        steps.map((step, row) => stepBehind(step, lengths[row] ?? 0, run.queued)),
        place,
      );
      this.#model.pass(inputs)?.dispose();
      for (const one of inputs.takeFollowed()?.made ?? []) one.dispose();
    }
    const read = chosen.read(passes);
    // Whoever waits for it is told; where nobody does any more, it does not matter.
    read.catch(() => undefined);
    run.groups.push({ passes, read });
  }
}

/** Passes in a row that steps ask for, the first one included, as far as their pages have room. */
function passesWanted(steps: readonly PlannedStep[]): number {
  const wanted = steps.map(({ work, sequence, ids, outputs, visible }) => {
    const { wanted, isWhole } = work.request;
    if (isWhole || visible || ids.length !== 1 || outputs !== 1 || wanted.kind !== "greedy" || wanted.accepts) return 0;
    const places = sequence.pages.length * sequence.pool.pageSize - sequence.length;
    return 1 + Math.min(places, wanted.ahead ?? 0);
  });
  return Math.min(...wanted);
}

/** These are the steps of the pass behind the one that was taken last. */
function isNextOf({ steps, slots, lengths, taken, last }: Run, next: readonly PlannedStep[]): boolean {
  if (next.length !== steps.length || passesWanted(next) < 1) return false;
  return next.every(({ sequence, ids, positions }, row) => {
    const { sequence: first, positions: started } = steps[row] ?? {};
    const length = (lengths[row] ?? 0) + taken;
    return (
      sequence === first &&
      sequence.length === length &&
      sequence.slot(length - 1) === (slots[row] ?? 0) + taken &&
      positions[0] === (started?.[0] ?? 0) + taken &&
      (last === null || last.tokens[row] === ids[0])
    );
  });
}

/** The step that is `passes` passes behind one, whose sequence had `length` tokens then. */
function stepBehind({ sequence, positions }: PlannedStep, length: number, passes: number): SequenceStep {
  const { pool, pages } = sequence;
  return {
    sequence: { pool, pages, length: length + passes, slot: (token) => sequence.slot(token) },
    // Nobody knows it yet.
    ids: [0],
    positions: [(positions[0] ?? 0) + passes],
    outputs: 1,
  };
}
