import type { KvSequence, PagePool, SequenceStep } from "@helium-lm/nn";
import { SharedStarts } from "./shared-starts.ts";
import { tokensLeft, type EngineRow, type Work } from "./work.ts";

/** A row's part in a pass; its sequence has no room for it yet. */
export interface PlannedStep extends SequenceStep {
  readonly sequence: KvSequence;
  readonly work: Work;
  readonly row: EngineRow;
}

export interface PlanLimits {
  /** Tokens of a pass. */
  readonly budget: number;
  /**
   * Frees pages of a pool for a running client: those of one that asks for nothing now, or that came after `arrival`; false
   * where there is none.
   */
  readonly preempt: (pool: PagePool, arrival: number) => boolean;
  /** Nothing runs: a waiting client may have pages freed for it too. */
  readonly isStuck?: boolean;
  /** Stored starts of texts; without them none is looked for. */
  readonly starts?: Starts;
}

/** The stored starts of rows of which nothing else is computed. */
export interface Starts {
  /** Nothing of the row was computed for itself: it has no tokens, or those of a stored start. */
  isBeginning(work: Work, row: EngineRow): boolean;
  /** Takes over what is stored of a row that is beginning. @returns how to undo it; null: there is nothing more than it has */
  adopt(work: Work, row: EngineRow): (() => void) | null;
}

/** Tokens of rows that were read up to what they ask for: so many are never held back by a slower pace. */
const MOST_DECODING = 64;

/** Tokens of prompts that a pass has room for beside those rows, unless the budget is smaller: a prompt always comes on. */
const LEAST_PROMPT = 16;

/** Tokens of a pass whose logits are wanted, unless one row wants more: their logits come to the host. */
const MOST_OUTPUTS = 128;

/**
 * Which tokens the next pass computes: first those of running clients, then of waiting ones, each in the order of arrival.
 * A prompt is cut where the budget ends. Nothing but the arguments decides.
 */
export function planPass(
  works: readonly Work[],
  { budget, preempt, isStuck = false, starts }: PlanLimits,
): readonly PlannedStep[] {
  const order = [...works].sort((a, b) => Number(b.isRunning) - Number(a.isRunning) || a.arrival - b.arrival);
  const [first] = order;
  const pool = first?.pool;
  if (!first || !pool) return [];
  // A pass has pages of one pool.
  const sharing = first.isAlone ? [first] : order.filter((work) => !work.isAlone && work.pool === pool);
  const decoding = sharing.flatMap(({ request }) => request.rows).reduce((sum, row) => sum + decodingTokens(row), 0);
  const least = Math.min(decoding, MOST_DECODING) + Math.min(budget, LEAST_PROMPT);
  let left = first.request.isWhole ? Infinity : Math.max(budget, least);
  let pages = 0;
  let outputs = 0;
  const shared = new SharedStarts();
  const steps: PlannedStep[] = [];
  for (const work of sharing) {
    const { rows, chunkSize, isWhole } = work.request;
    const mayPreempt = work.isRunning || isStuck;
    for (const row of rows) {
      if (left <= 0 && steps.length > 0) return steps;
      const isBeginning = starts?.isBeginning(work, row) ?? false;
      if (shared.waits(work, row, isBeginning)) continue;
      const undo = isBeginning ? starts?.adopt(work, row) : null;
      // The pages that are planned with are no longer there for others.
      if (undo && pages > pool.available) undo();
      const room = steps.length === 0 ? Math.max(left, 1) : left;
      const most = isWhole ? room : Math.min(room, chunkSize ?? Infinity);
      const count = share(piece(row), row.outputs, most, steps.length === 0);
      if (count <= 0) continue;
      const step = planned(work, row, count);
      if (steps.length > 0 && outputs + step.outputs > MOST_OUTPUTS) continue;
      const missing = row.sequence.missingPages(count);
      while (pages + missing > pool.available) if (!mayPreempt || !preempt(pool, work.arrival)) return steps;
      pages += missing;
      left -= count;
      outputs += step.outputs;
      steps.push(step);
    }
  }
  return steps;
}

/** Tokens of a row that may come together. */
function piece(row: EngineRow): number {
  const { together = null, skip, sequence } = row;
  const left = tokensLeft(row);
  return together === null ? left : Math.min(left, Math.max(1, together - skip - sequence.length));
}

/** Tokens of a row of which every one is looked at: 1, and one more for each that is tried; 0 while its prompt is read. */
function decodingTokens(row: EngineRow): number {
  const left = tokensLeft(row);
  return left <= row.outputs ? left : 0;
}

/** Tokens of a row in this pass: those whose logits are wanted come together. @param isFirst there must be progress */
function share(left: number, outputs: number, room: number, isFirst: boolean): number {
  if (left <= outputs) return left <= room || isFirst ? left : 0;
  const count = Math.min(left, room);
  return left - count > 0 && left - count < outputs ? left - outputs : count;
}

function planned(work: Work, row: EngineRow, count: number): PlannedStep {
  const { sequence, ids, positions, visible, skip, outputs } = row;
  const start = skip + sequence.length;
  const end = start + count;
  return {
    work,
    row,
    sequence,
    ids: ids.slice(start, end),
    positions: positions.slice(start, end),
    visible: visible && visible.slice(skip, end),
    outputs: end === ids.length ? outputs : 0,
  };
}
