import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Rng, Scope, tensor, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import {
  etaCutoff,
  epsilonCutoff,
  minP,
  temperature,
  topK,
  topP,
  typicalP,
} from "../../generation/processors/index.ts";
import { RowRandom } from "../../generation/row-random.ts";
import { sampleRow } from "../../generation/sampling.ts";
import { readCandidates } from "./read-candidates.ts";

const V = 300;
let backend: Backend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

/** Steps between logits: the wider, the more of them are equal. */
const steps = [2 ** -20, 1 / 64, 1 / 4];

const rowOf = (seed: number): Float32Array => {
  const rng = new Rng(seed);
  const step = steps[seed % steps.length] ?? 1;
  return Float32Array.from({ length: V }, () =>
    rng.uniform() < 0.02 ? -Infinity : step * Math.round(rng.normal() / step),
  );
};

const read = async (
  rows: readonly Float32Array[],
  wants: readonly { readonly k: number; readonly temperature: number }[],
) => {
  using made = new Scope();
  const logits = made.run(() =>
    tensor(
      backend,
      rows.map((row) => [...row]),
    ),
  );
  return await readCandidates(
    logits,
    wants.map((want) => ({ kind: "candidates", ...want })),
  );
};

const draw = fc.record({
  seed: fc.nat(10_000),
  k: fc.integer({ min: 1, max: 60 }),
  T: fc.constantFrom(1, 0.7, 0.1, 3, 50),
  p: fc.constantFrom(1, 0.9, 0.5, 0),
  rest: fc.constantFrom(
    [],
    [minP(0.05)],
    [typicalP(0.8)],
    [epsilonCutoff(0.02)],
    [etaCutoff(0.1)],
    [minP(0.1), typicalP(0.5)],
  ),
});

test("a token drawn from the candidates is the one that all scores give", async () => {
  let few = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(draw, { minLength: 1, maxLength: 4 }), async (rows) => {
      const given = await read(
        rows.map(({ seed }) => rowOf(seed)),
        rows.map(({ k, T }) => ({ k, temperature: T })),
      );
      for (const [m, { seed, k, T, p, rest }] of rows.entries()) {
        const processors = [...(T === 1 ? [] : [temperature(T)]), topK(k), ...(p === 1 ? [] : [topP(p)]), ...rest];
        const drawnOf = (scores: Float32Array): number => {
          for (const processor of processors) processor.processRow?.({ scores, ids: [] }, 0);
          return sampleRow(scores, new RowRandom(seed, m).at(0));
        };
        const one = given[m] ?? new Float32Array();
        const expected = drawnOf(rowOf(seed));
        if (one instanceof Float32Array) expect(one).toEqual(rowOf(seed));
        else {
          few++;
          expect([...one.tokens]).toEqual([...one.tokens].sort((a, b) => a - b));
          expect(one.tokens[drawnOf(one.logits)]).toBe(expected);
        }
      }
    }),
    { seed: 20261129, numRuns: 60 },
  );
  expect(few).toBeGreaterThan(60);
});

test("what equals the k-th is a candidate, also where temperature makes it equal", async () => {
  const row = new Float32Array(V).fill(-5);
  row.set([1, 2, 3, 2, 2 + 2 ** -22], 7);
  const [two, three] = await read(
    [row, row],
    [
      { k: 3, temperature: 1 },
      { k: 2, temperature: 2 ** 160 },
    ],
  );
  expect(two).toEqual({ tokens: Int32Array.of(8, 9, 10, 11), logits: Float32Array.of(2, 3, 2, 2 + 2 ** -22) });
  // All scores are 0: more are equal than were looked for.
  expect(three).toBeInstanceOf(Float32Array);
});

test("a row with +∞ comes whole", async () => {
  const row = Float32Array.from({ length: V }, (_, v) => (v === 9 ? Infinity : -v));
  expect(await read([row], [{ k: 5, temperature: 1 }])).toEqual([row]);
});

test("a row that says little comes whole", async () => {
  const rows = [NaN, Infinity, 4].map((value) =>
    Float32Array.from({ length: V }, (_, v) => (v === 3 ? value : v === 5 ? 1 : -Infinity)),
  );
  const given = await read(
    [...rows, new Float32Array(V)],
    rows
      .concat(rows)
      .slice(0, 4)
      .map(() => ({ k: 5, temperature: 1 })),
  );
  expect(given).toEqual([...rows, new Float32Array(V)]);
});
