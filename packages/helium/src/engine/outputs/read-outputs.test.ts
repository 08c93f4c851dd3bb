import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configureDispatch, createBackend, Rng, tensor, type Backend } from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import { readOutputs, type RowWanted } from "./read-outputs.ts";

const V = 37;

/** Logits in steps of an eighth, so that there are ties. */
const rowOf = (seed: number): number[] => {
  const rng = new Rng(seed);
  return Array.from({ length: V }, () => Math.round(8 * rng.normal()) / 8);
};

const unit = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000);
const wanted: fc.Arbitrary<RowWanted> = fc.oneof(
  fc.constant({ kind: "logits" } as const),
  fc.constant({ kind: "greedy" } as const),
  fc.record({
    kind: fc.constant("sample" as const),
    temperature: fc.constantFrom(0, 0.5, 1, 2),
    topK: fc.constantFrom(0, 1, 5, V),
    topP: fc.constantFrom(1, 0.9, 0.3),
    uniform: unit,
  }),
  fc.record({ kind: fc.constant("top" as const), k: fc.integer({ min: 1, max: V }) }),
);

describe.each(["reference", "cpu", "wasm"])("outputs on %s", (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = name === "wasm" ? await createWasmBackend({ threads: 1 }) : await createBackend(name);
  });
  afterAll(() => backend.dispose());

  test.runIf(name === "wasm")("no op runs in JavaScript", async () => {
    const kinds: RowWanted[] = [
      { kind: "logits" },
      { kind: "greedy" },
      { kind: "sample", temperature: 1, topK: 5, topP: 0.9, uniform: 0.5 },
      { kind: "top", k: 5 },
    ];
    configureDispatch(backend, { strict: true });
    try {
      const wants = kinds.flatMap((kind) => [kind, kind]);
      const rows = wants.map((_, m) => rowOf(m));
      expect(await outputsOf(rows, wants)).toHaveLength(8);
    } finally {
      configureDispatch(backend, {});
    }
  });

  const outputsOf = async (rows: readonly (readonly number[])[], wants: readonly RowWanted[]) => {
    const before = backend.memory().handles;
    const logits = tensor(backend, rows);
    const outputs = await readOutputs(logits, wants);
    expect(backend.memory().handles).toBe(before + 1);
    // A view that was left would keep them.
    logits.dispose();
    expect(backend.memory().handles).toBe(before);
    return outputs;
  };

  test("a row's does not depend on what is wanted of others", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ seed: fc.nat(50), want: wanted }), { minLength: 1, maxLength: 8 }),
        async (rows) => {
          const together = await outputsOf(
            rows.map(({ seed }) => rowOf(seed)),
            rows.map(({ want }) => want),
          );
          for (const [m, { seed, want }] of rows.entries()) {
            const [alone] = await outputsOf([rowOf(seed)], [want]);
            expect(together[m]).toEqual(alone);
          }
        },
      ),
      { seed: 20261129, numRuns: 20 },
    );
  });

  test("logits, the likeliest, and the likeliest ones with their log-probabilities", async () => {
    const row = rowOf(7);
    const order = row.map((_, v) => v).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b);
    const log = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    const [logits, choice, top] = await outputsOf(
      [row, row, row],
      [{ kind: "logits" }, { kind: "greedy" }, { kind: "top", k: 6 }],
    );
    expect(logits).toEqual(Float32Array.from(row));
    expect(choice).toEqual({ token: order[0], logits: null });
    expect(top).toMatchObject({
      tokens: Int32Array.from(order.slice(0, 6)),
      logits: Float32Array.from(order.slice(0, 6), (v) => row[v] ?? 0),
    });
    const { logProbs } = top as { logProbs: Float64Array };
    for (const [i, v] of order.slice(0, 6).entries()) expect(logProbs[i]).toBeCloseTo((row[v] ?? 0) - log, 5);
  });

  test("drawn from the row's own settings", async () => {
    const row = [0, Math.log(3), -Infinity, 0]; // 0.2, 0.6, 0, 0.2
    const sample = { kind: "sample", temperature: 1, topK: 0, topP: 1, uniform: 0 } as const;
    const wants = [
      sample,
      { ...sample, uniform: 0.3 },
      { ...sample, uniform: 0.9 },
      { ...sample, uniform: 0.9, topK: 1 },
      { ...sample, uniform: 0.1, topP: 0.5 },
      { ...sample, uniform: 0.9, temperature: 0 },
    ];
    const choices = await outputsOf(
      wants.map(() => row),
      wants,
    );
    expect(choices).toEqual([0, 1, 3, 1, 1, 1].map((token) => ({ token, logits: null })));
  });

  test("a row whose largest logit is not finite comes with its logits", async () => {
    const rows = [[1, NaN, 2], [1, 2, Infinity], new Array<number>(3).fill(-Infinity), [1, 2, -Infinity]];
    const choices = await outputsOf(
      rows,
      rows.map(() => ({ kind: "greedy" })),
    );
    expect(choices).toEqual([
      { token: 1, logits: Float32Array.of(1, NaN, 2) },
      { token: 2, logits: Float32Array.of(1, 2, Infinity) },
      { token: 0, logits: new Float32Array(3).fill(-Infinity) },
      { token: 1, logits: null },
    ]);
  });
});
