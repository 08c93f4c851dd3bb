import { expect, test } from "vitest";
import { createBackend, scope, tensor } from "@helium-lm/tensor";
import { headNorms, QkNorm, type QkNormConfig } from "./qk-norm.ts";
import { MemoryWeights } from "./weights/weight-source.ts";

const [HEADS, D] = [2, 3];
const norm = { kind: "rms", eps: 1e-6, weightMode: "one-plus" } as const;

const shapes: { readonly [K in QkNormConfig["kind"]]: readonly number[] } = {
  perHead: [D],
  eachHead: [HEADS, D],
  fullWidth: [HEADS * D],
};

test.each(Object.keys(shapes) as QkNormConfig["kind"][])("a norm of kind %s as ropeAppend takes it", async (kind) => {
  const backend = await createBackend("cpu");
  const size = shapes[kind].reduce((a, b) => a * b, 1);
  const weights = Float32Array.from({ length: size }, (_, i) => (i + 1) / 8);
  const source = new MemoryWeights(new Map([["weight", tensor(backend, weights, { shape: [...shapes[kind]] })]]));
  const one = await QkNorm.load(source, HEADS, D, { kind, norm });
  // Weights of each head are no norm that goes with turning them.
  const { q } = headNorms(one, one) ?? {};
  expect(await q?.toArray()).toEqual(kind === "eachHead" ? undefined : [...weights]);
  // (1 + w)·x / √(mean(x²) + eps), over a head or over both.
  const x = [1, -2, 3, 0.5, 4, -1];
  const row = (h: number): number[] => (kind === "fullWidth" ? x : x.slice(h * D, (h + 1) * D));
  const expected = x.map((value, i) => {
    const values = row(Math.floor(i / D));
    const squares = values.reduce((sum, each) => sum + each * each, 0);
    return (value / Math.sqrt(squares / values.length + norm.eps)) * (1 + (weights[i % size] ?? 0));
  });
  const normed = scope(() => one.forward(tensor(backend, x, { shape: [1, HEADS, D] })));
  for (const [i, value] of (await normed.data()).entries()) expect(value).toBeCloseTo(expected[i] ?? 0, 5);
  normed.dispose();
  one.dispose();
});
