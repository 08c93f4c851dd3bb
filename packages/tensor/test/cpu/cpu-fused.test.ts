import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  activationNames,
  attention,
  configureDispatch,
  createBackend,
  gatedActivation,
  layerNorm,
  linear,
  rmsNorm,
  rope,
  scope,
  softmax,
  tensor,
  type ActivationName,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { build, expectSame, property, views, type ViewSpec } from "./cpu-arbitraries.ts";

// Compared bit for bit, as in cpu.test.ts; gelu alone is allowed one f32 step for its erf.

let cpu: Backend;
let reference: Backend;
beforeAll(async () => {
  [cpu, reference] = await Promise.all([createBackend("cpu"), createBackend("reference")]);
  // A fused op that fell back to its composition would test nothing here.
  configureDispatch(cpu, { strict: true });
});
afterAll(() => {
  expect(cpu.memory().handles).toBe(0);
});

const floats = fc.constantFrom<DType>("f32", "f16", "bf16");
const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const finite = { finite: true } as const;

const check = async <T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, body), property);

async function agree(specs: readonly ViewSpec[], op: (...inputs: Tensor[]) => Tensor): Promise<void> {
  const run = (backend: Backend): Tensor => scope(() => op(...specs.map((spec) => build(backend, spec))));
  using actual = run(cpu);
  using expected = run(reference);
  await expectSame(actual, expected);
}

describe("cpu against reference, bit for bit, on any layout", () => {
  test("softmax", () =>
    check(
      fc.tuple(size(0, 3), size(1, 4), size(1, 70)).chain((shape) => views(shape, "f32")),
      (x) => agree([x], (t) => softmax(t)),
    ));

  test("rmsNorm in every weight mode, weights of any float dtype", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 3), size(1, 40), floats)
        .chain(([B, T, C, w]) =>
          fc.tuple(
            views([B, T, C], "f32", finite),
            views([C], w, finite),
            fc.constantFrom("f32-mul", "cast-then-mul", "one-plus"),
          ),
        ),
      ([x, w, weightMode]) => agree([x, w], (a, b) => rmsNorm(a, b, { eps: 1e-8, weightMode })),
    ));

  test("layerNorm with and without bias", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 40), floats, floats)
        .chain(([T, C, w, b]) =>
          fc.tuple(views([T, C], "f32", finite), views([C], w, finite), views([C], b, finite), fc.boolean()),
        ),
      ([x, w, b, biased]) =>
        agree([x, w, b], (t, weight, bias) => layerNorm(t, weight, biased ? bias : undefined, { eps: 1e-5 })),
    ));

  test("rope in both pairings, partial and per row", () =>
    check(
      fc
        .tuple(size(1, 3), size(1, 3), size(1, 4), size(0, 6), size(0, 5), fc.boolean())
        .chain(([B, H, T, half, rest, shared]) =>
          fc.tuple(
            views([B, H, T, 2 * half + rest], "f32", finite),
            views([shared ? 1 : B, T, half], "f32", finite),
            views([shared ? 1 : B, T, half], "f32", finite),
            fc.constantFrom("half", "interleaved"),
          ),
        ),
      ([x, cos, sin, pairing]) => agree([x, cos, sin], (t, c, s) => rope(t, c, s, { pairing })),
    ));

  const byErf: readonly ActivationName[] = ["gelu", "gelu_python"];

  test.each(activationNames.filter((name) => !byErf.includes(name)))("gatedActivation %s", (activation) =>
    check(
      fc.tuple(size(0, 3), size(1, 40)).chain((shape) => fc.tuple(views(shape, "f32"), views(shape, "f32"))),
      (pair) => agree(pair, (gate, up) => gatedActivation(gate, up, { activation })),
    ),
  );

  test.each(byErf)("gatedActivation %s within one f32 step", (activation) =>
    check(
      size(1, 200).chain((n) => fc.tuple(views([n], "f32", finite), views([n], "f32", finite))),
      async ([gate, up]) => {
        const run = (backend: Backend): Tensor =>
          scope(() => gatedActivation(build(backend, gate), build(backend, up), { activation }));
        using actual = run(cpu);
        using expected = run(reference);
        const [a, b] = [await actual.data(), await expected.data()];
        // Where 1 + erf cancels both are rounding noise of f64.
        a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThanOrEqual(Math.abs(b[i]) * 2 ** -23 + 1e-14));
      },
    ),
  );

  test("linear: any M, weights of any float dtype, with and without bias", () =>
    check(
      fc
        .tuple(size(0, 10), size(0, 30), size(0, 15), floats, floats)
        .chain(([M, K, N, w, b]) =>
          fc.tuple(views([M, K], "f32", finite), views([N, K], w, finite), views([N], b, finite), fc.boolean()),
        ),
      ([x, w, b, biased]) => agree([x, w, b], (t, weight, bias) => linear(t, weight, biased ? bias : undefined)),
    ));

  test("linear to more features than one run of lanes", () =>
    check(
      fc
        .tuple(size(1, 5), floats)
        .chain(([M, w]) =>
          fc.tuple(views([M, 3], "f32", finite), views([1100, 3], w, finite), views([1100], "f32", finite)),
        ),
      (inputs) => agree(inputs, linear),
    ));
});

interface AttentionCase {
  readonly q: ViewSpec;
  readonly keys: ViewSpec;
  readonly values: ViewSpec;
  readonly mask: ViewSpec | null;
  readonly tables: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly scale: number;
  readonly causal: boolean;
  readonly window: number | null;
  readonly softcap: number | null;
}

const attentionCases: fc.Arbitrary<AttentionCase> = fc
  .record({
    B: size(1, 3),
    K: size(1, 2),
    group: size(1, 3),
    T: size(1, 6),
    D: size(1, 9),
    Dv: size(1, 9),
    P: fc.constantFrom(1, 3, 4, 8, 70),
    pages: size(1, 3),
    extra: fc.array(size(0, 12), { minLength: 3, maxLength: 3 }),
    dtypes: fc.tuple(floats, floats),
    maskKind: fc.constantFrom<DType | "none">("none", "bool", "f32", "bf16"),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9, maxLength: 9 }),
    causal: fc.boolean(),
    window: fc.option(size(1, 5)),
    softcap: fc.option(fc.constantFrom(2, 30)),
  })
  .filter(({ T, P, pages }) => T <= P * pages)
  .chain(({ B, K, group, T, D, Dv, P, pages, extra, dtypes, maskKind, order, ...rest }) => {
    const lengths = extra.slice(0, B).map((n) => Math.min(T + n, P * pages));
    const S = Math.max(...lengths);
    return fc.record({
      q: views([B, K * group, T, D], "f32", finite),
      keys: views([9, K, P, D], dtypes[0], finite),
      values: views([9, K, P, Dv], dtypes[1], finite),
      mask: maskKind === "none" ? fc.constant(null) : views([B, K * group, T, S], maskKind),
      tables: fc.constant(Array.from({ length: B }, (_, b) => order.slice(b * pages, b * pages + pages))),
      lengths: fc.constant(lengths),
      scale: fc.constant(D ** -0.5),
      causal: fc.constant(rest.causal),
      window: fc.constant(rest.window),
      softcap: fc.constant(rest.softcap),
    });
  });

function attend(backend: Backend, { q, keys, values, tables, mask, ...options }: AttentionCase): Tensor {
  return scope(() =>
    attention(build(backend, q), build(backend, keys), build(backend, values), {
      ...options,
      tables: tensor(backend, tables, { dtype: "i32" }),
      mask: mask ? build(backend, mask) : undefined,
    }),
  );
}

test("attention over pages: masks, windows, softcaps, groups, pools of any float dtype", () =>
  check(attentionCases, async (c) => {
    using actual = attend(cpu, c);
    using expected = attend(reference, c);
    await expectSame(actual, expected);
  }));

test("a query that sees no key gives 0, and hidden keys may hold NaN", async () => {
  using out = scope(() => {
    const q = tensor(cpu, new Float32Array(8).fill(1), { shape: [1, 1, 4, 2] });
    const kv = tensor(cpu, [1, 2, 3, 4, NaN, NaN, 7, 8], { shape: [1, 1, 4, 2] });
    const mask = tensor(cpu, [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0], { shape: [1, 1, 4, 4], dtype: "bool" });
    return attention(q, kv, kv, { scale: 1, causal: false, mask });
  });
  expect([...(await out.data()).subarray(0, 4)]).toEqual([0, 0, 1, 2]);
  expect((await out.data()).every(Number.isFinite)).toBe(true);
});
