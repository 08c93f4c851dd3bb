import { describe, expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { KvSequence, PagePool } from "@helium-lm/nn";
import { planPass, type PlanLimits } from "./plan-pass.ts";
import type { Output } from "./outputs/wanted.ts";
import { tokensLeft, Work, type EngineRow, type WorkRequest } from "./work.ts";

const backend = await createBackend("cpu");
const poolOf = (maxTokens = Infinity): PagePool =>
  new PagePool(backend, { layers: 0, kvHeads: 1, headDim: 1, pageSize: 4, maxTokens });

interface RowSetup {
  readonly tokens: number;
  readonly computed?: number;
  readonly skip?: number;
  readonly outputs?: number;
  readonly together?: number | null;
}

/** A row whose tokens are numbered, and whose positions are a thousand more. */
function rowOf(pool: PagePool, { tokens, computed = 0, skip = 0, outputs = 1, together = null }: RowSetup): EngineRow {
  const sequence = new KvSequence(pool);
  sequence.append(computed);
  const ids = Array.from({ length: tokens }, (_, t) => t);
  return { ids, positions: ids.map((t) => 1000 + t), visible: null, skip, sequence, outputs, together };
}

function workOf(
  arrival: number,
  rows: readonly EngineRow[],
  more: Partial<WorkRequest> = {},
): { readonly work: Work; readonly answer: Promise<readonly Output[]> } {
  const wanted = { kind: "logits" } as const;
  const request = { rows, wanted, chunkSize: null, isWhole: false, salt: null, ...more };
  let work: Work | undefined;
  const answer = new Promise<readonly Output[]>((resolve, reject) => {
    work = new Work(request, arrival, resolve, reject);
  });
  return { work: work!, answer };
}

const limits: PlanLimits = { budget: 100, preempt: () => false };

/** `[arrival, tokens, outputs]` of each step. */
const planned = (works: readonly Work[], more: Partial<PlanLimits> = {}): readonly (readonly number[])[] =>
  planPass(works, { ...limits, ...more }).map(({ work, ids, outputs }) => [work.arrival, ids.length, outputs]);

describe("planPass", () => {
  test("takes running texts first, then waiting ones, each in the order of arrival, up to the budget", () => {
    const pool = poolOf();
    const late = workOf(3, [rowOf(pool, { tokens: 9, computed: 8 })]).work;
    const early = workOf(2, [rowOf(pool, { tokens: 5, computed: 4 })]).work;
    const second = workOf(1, [rowOf(pool, { tokens: 20 })]).work;
    const first = workOf(0, [rowOf(pool, { tokens: 6 })]).work;
    expect(planned([late, second, early, first], { budget: 12 })).toEqual([
      [2, 1, 1],
      [3, 1, 1],
      [0, 6, 1],
      [1, 6, 0],
    ]);
  });

  test("gives each step its own tokens and positions, behind padding and what is computed", () => {
    const pool = poolOf();
    const { work } = workOf(0, [rowOf(pool, { tokens: 12, computed: 3, skip: 2 })]);
    const [step] = planPass([work], { ...limits, budget: 4 });
    expect(step).toMatchObject({ ids: [5, 6, 7, 8], positions: [1005, 1006, 1007, 1008], outputs: 0 });
  });

  test("keeps the tokens together whose logits are wanted", () => {
    const pool = poolOf();
    const ask = (budget: number): readonly (readonly number[])[] =>
      planned([workOf(0, [rowOf(pool, { tokens: 10, outputs: 4 })]).work], { budget });
    expect(ask(10)).toEqual([[0, 10, 4]]);
    // Nine would leave one of the four for the next pass.
    expect(ask(9)).toEqual([[0, 6, 0]]);
    expect(ask(5)).toEqual([[0, 5, 0]]);
    const last = workOf(0, [rowOf(pool, { tokens: 10, computed: 6, outputs: 4 })]).work;
    expect(planned([last], { budget: 2 })).toEqual([[0, 4, 4]]);
  });

  test("holds up to 64 texts back for nothing that go on by one token, and a prompt comes on beside them", () => {
    const pool = poolOf();
    const works = Array.from({ length: 70 }, (_, n) => workOf(n, [rowOf(pool, { tokens: 5, computed: 4 })]).work);
    expect(planned(works, { budget: 1 })).toHaveLength(65);
  });

  test("a chunk is no larger than its request wants", () => {
    const pool = poolOf();
    expect(planned([workOf(0, [rowOf(pool, { tokens: 10 })], { chunkSize: 3 }).work])).toEqual([[0, 3, 0]]);
  });

  test("a pass has pages of one pool", () => {
    const [one, other] = [poolOf(), poolOf()];
    const works = [one, other, one].map((pool, n) => workOf(n, [rowOf(pool, { tokens: 3 })]).work);
    expect(planned(works)).toEqual([
      [0, 3, 1],
      [2, 3, 1],
    ]);
  });

  test("tokens that see each other come in one piece, each that follows alone, whatever chunks are asked for", () => {
    const pool = poolOf();
    const plan = (tokens: number, computed: number, skip = 0): unknown =>
      planned(
        [workOf(0, [rowOf(pool, { tokens, computed, skip, together: 10 })], { isWhole: true, chunkSize: 3 }).work],
        { budget: 4 },
      );
    expect(plan(10, 0)).toEqual([[0, 10, 1]]);
    expect(plan(12, 0, 2)).toEqual([[0, 8, 0]]);
    expect(plan(12, 10)).toEqual([[0, 1, 0]]);
    expect(plan(12, 11)).toEqual([[0, 1, 1]]);
  });

  test("what is read whole, or has failed, is alone, whatever the budget", () => {
    const pool = poolOf();
    const whole = workOf(0, [rowOf(pool, { tokens: 30 })], { isWhole: true }).work;
    const suspect = workOf(1, [rowOf(pool, { tokens: 3 })]).work;
    suspect.isSuspect = true;
    const other = workOf(2, [rowOf(pool, { tokens: 2 })]).work;
    expect(planned([whole, suspect, other], { budget: 4 })).toEqual([[0, 30, 1]]);
    expect(planned([suspect, other])).toEqual([[1, 3, 1]]);
    expect(planned([other, workOf(3, [rowOf(pool, { tokens: 2 })], { isWhole: true }).work])).toEqual([[2, 2, 1]]);
  });

  test("brings at most 128 rows of logits to the host, unless one row wants more", () => {
    const pool = poolOf();
    const works = [100, 60, 20].map((outputs, n) => workOf(n, [rowOf(pool, { tokens: outputs, outputs })]).work);
    expect(planned(works, { budget: 1000 })).toEqual([
      [0, 100, 100],
      [2, 20, 20],
    ]);
    const much = workOf(0, [rowOf(pool, { tokens: 300, outputs: 300 })]).work;
    expect(planned([much], { budget: 1000 })).toEqual([[0, 300, 300]]);
  });

  test("asks for pages for those that run; who waits has them only where all are stuck", () => {
    const pool = poolOf(8);
    const asked: number[] = [];
    const preempt = (_: PagePool, arrival: number): boolean => {
      asked.push(arrival);
      return false;
    };
    const holder = rowOf(pool, { tokens: 5, computed: 4 });
    const waiting = workOf(1, [rowOf(pool, { tokens: 8 })]).work;
    expect(planned([workOf(0, [holder]).work, waiting], { preempt })).toEqual([[0, 1, 1]]);
    expect(asked).toEqual([]);
    expect(planned([waiting], { preempt, isStuck: true })).toEqual([]);
    expect(asked).toEqual([1]);
    const running = workOf(2, [rowOf(pool, { tokens: 9, computed: 4 })]).work;
    expect(planned([running], { preempt })).toEqual([]);
    expect(asked).toEqual([1, 2]);
  });

  test("pages are asked for until there are enough", () => {
    const pool = poolOf(8);
    const victims = [rowOf(pool, { tokens: 4, computed: 4 }), rowOf(pool, { tokens: 4, computed: 4 })];
    const preempt = (): boolean => {
      const victim = victims.pop();
      victim?.sequence.reset();
      return victim !== undefined;
    };
    const { work } = workOf(0, [rowOf(pool, { tokens: 8 })]);
    expect(planned([work], { preempt, isStuck: true })).toEqual([[0, 8, 1]]);
    expect(victims).toEqual([]);
  });
});

describe("a request", () => {
  test("is answered once every row has all its logits, in the order of the rows", async () => {
    const pool = poolOf();
    const rows = [rowOf(pool, { tokens: 3, outputs: 3 }), rowOf(pool, { tokens: 2 })];
    const { work, answer } = workOf(0, rows);
    const logits = (...values: number[]): Float32Array[] => values.map((value) => Float32Array.of(value));
    expect(work.take(rows[1]!, logits(4))).toBe(false);
    expect(work.take(rows[0]!, logits(1, 2, 3))).toBe(true);
    expect(await answer).toEqual(logits(1, 2, 3, 4));
  });

  test("what is left of a row is what is neither padding nor computed", () => {
    expect(tokensLeft(rowOf(poolOf(), { tokens: 12, computed: 3, skip: 2 }))).toBe(7);
  });

  test("runs from its first computed token on", () => {
    const pool = poolOf();
    const rows = [rowOf(pool, { tokens: 3 }), rowOf(pool, { tokens: 2, computed: 1 })];
    expect(workOf(0, rows.slice(0, 1)).work.isRunning).toBe(false);
    expect(workOf(0, rows).work.isRunning).toBe(true);
  });
});
