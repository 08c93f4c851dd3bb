import type { Reading } from "../data/reading.ts";
import { DataError, EvalError } from "../errors.ts";
import { PythonRandom } from "../python/random.ts";
import type { NamedExamples, Task } from "../tasks/task.ts";
import { rowKey } from "./row-key.ts";

/** Which documents of the pool a document's prompt shows, as indices. Called once for each document, in their order. */
export type ExampleChooser = (document: Reading) => readonly number[];

/**
 * The examples of each document's prompt, chosen as the harness chooses them:
 *
 * - "random": `random.sample` over the pool, from one generator that goes on from document to document. Where the pool may hold
 *   the document itself (the task names the same split for both, or neither), one more is drawn and the document left out;
 *   should copies of it leave too few, `count` are drawn anew from the pool without them.
 * - "first_n": the first ones of the pool, the document itself left out.
 * - named: those that the task names, first to last.
 *
 * @throws EvalError where the pool, or the task's list, has too few; DataError where the pool lacks one that the task names
 */
export function chooseExamples(task: Task, pool: readonly Reading[], count: number, seed: number): ExampleChooser {
  if (!Number.isInteger(count) || count < 0)
    throw new EvalError(task.name, `cannot show ${count} examples; pass 0 or a whole number above`, { given: count });
  if (count === 0) return () => [];
  if (task.fewShotExamples !== undefined) {
    const named = namedExamples(task.name, task.fewShotExamples, pool, count);
    return () => named;
  }
  if (task.fewShotSampler === "first_n") return firstExamples(task, pool, count);
  return drawnExamples(task, pool, count, seed);
}

/** Whether a document may be among the rows that its examples come from. */
const isAmongOwnExamples = ({ dataset: { fewShotSplit, testSplit } }: Task): boolean => fewShotSplit === testSplit;

function firstExamples(task: Task, pool: readonly Reading[], count: number): ExampleChooser {
  requirePool(task.name, pool, count);
  const places = pool.map((_, i) => i);
  if (!isAmongOwnExamples(task)) {
    const first = places.slice(0, count);
    return () => first;
  }
  const keys = pool.map(({ row }) => rowKey(row));
  return ({ row }) => {
    const key = rowKey(row);
    const others = places.filter((place) => keys[place] !== key);
    requirePool(task.name, others, count);
    return others.slice(0, count);
  };
}

function drawnExamples(task: Task, pool: readonly Reading[], count: number, seed: number): ExampleChooser {
  const random = new PythonRandom(seed);
  const places = pool.map((_, i) => i);
  if (!isAmongOwnExamples(task)) {
    requirePool(task.name, pool, count);
    return () => random.sample(places, count);
  }
  requirePool(task.name, pool, count + 1);
  const keys = pool.map(({ row }) => rowKey(row));
  return (document) => {
    const key = rowKey(document.row);
    const isOther = (place: number): boolean => keys[place] !== key;
    const drawn = random
      .sample(places, count + 1)
      .filter(isOther)
      .slice(0, count);
    if (drawn.length === count) return drawn;
    const others = places.filter(isOther);
    requirePool(task.name, others, count);
    return random.sample(others, count);
  };
}

function requirePool(name: string, pool: readonly unknown[], needed: number): void {
  if (pool.length >= needed) return;
  throw new EvalError(
    name,
    `needs ${needed} documents to take examples from, and the split has ${pool.length}; ask for fewer examples (--num-fewshot), or give the whole split`,
    { given: pool.length, expected: needed },
  );
}

function namedExamples(
  name: string,
  { column, rows, match }: NamedExamples,
  pool: readonly Reading[],
  count: number,
): readonly number[] {
  if (count > rows.length)
    throw new EvalError(name, `has ${rows.length} examples, asked for ${count}; ask for that many at most`, {
      given: count,
      expected: rows.length,
    });
  return rows.slice(0, count).map(({ value, beside = {} }) => {
    const places = pool.flatMap(({ row }, place) => {
      const text = String(row[column]);
      return (match === "whole" ? text === value : text.startsWith(value)) ? [place] : [];
    });
    const fits = (place: number): boolean =>
      Object.entries(beside).every(([other, start]) => String(pool[place]?.row[other]).startsWith(start));
    const place = places.find(fits) ?? places[0];
    if (place !== undefined) return place;
    throw new DataError(
      pool[0]?.place ?? name,
      `the few-shot split has no row whose "${column}" ${match === "whole" ? "is" : "begins with"} "${value}", which the protocol shows as an example; give the whole training split`,
      { column, expected: value },
    );
  });
}
