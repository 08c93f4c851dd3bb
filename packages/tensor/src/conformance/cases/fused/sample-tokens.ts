import fc from "fast-check";
import { given } from "../../draws/argument.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { Rng } from "../../../rng.ts";
import { composeSampleTokens, sampleTokens, type SamplingTensors } from "../../../ops/fused/sample-tokens.ts";
import type { Call, ConformanceCase, ValuedCall, InputsOf } from "../../case.ts";
import { at, expected, hostTensor, sliceOf, type TensorValues } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { laneLength, laneLengths, longLength, seeds } from "../../draws/shapes.ts";

type Params = Record<never, never>;

interface Draw {
  readonly M: number;
  readonly V: number;
  readonly layout: LayoutDraw;
  readonly seed: number;
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };
const temperatures = [1, 0.5, 0, 2, 1.25];
const masses = [1, 0.9, 0.5, 0.999, 0.01, 1, 0];

/** Logits in steps of a sixteenth, so that rows have ties. */
const call = ({ M, V, layout, seed }: Draw): Call<"sampleTokens", Params> => {
  const rng = new Rng(seed);
  const each = (value: (m: number) => number): number[] => Array.from({ length: Math.max(1, M) }, (_, m) => value(m));
  const row = (dtype: "f32" | "i32", value: (m: number) => number) => given(dtype, [M], each(value));
  return {
    inputs: {
      logits: {
        dtype: "f32",
        shape: [M, V],
        layout,
        fill: { kind: "values", values: Array.from({ length: 997 }, () => Math.round(16 * rng.normal()) / 16) },
      },
      temperature: row("f32", (m) => temperatures[(seed + m) % temperatures.length] ?? 1),
      topK: row("i32", (m) => (((seed >> 3) + m) % 3 === 0 ? 0 : ((seed + m) % (V + 2)) - 1)),
      topP: row("f32", (m) => masses[((seed >> 5) + m) % masses.length] ?? 1),
      uniform: row("f32", () => rng.uniform()),
    },
    params: {},
  };
};

interface Chances {
  /** In the order of the vocabulary. */
  readonly probabilities: readonly number[];
  /** Distance of the nucleus' border from a sum of probabilities. */
  readonly gap: number;
}

/** What may be drawn from row m: sorted, cut, cut again, as transformers' warpers do it one after the other. */
function chancesOf(inputs: InputsOf<"sampleTokens", TensorValues>, m: number): Chances {
  const { logits, temperature, topK, topP } = inputs;
  const V = logits.shape[1];
  const k = at(topK, m);
  const p = at(topP, m);
  const score = (v: number): number => Math.fround(at(logits, m, v) / at(temperature, m));
  // Falling; of equals the last first, since the first ones are removed first.
  const order = Array.from({ length: V }, (_, v) => v).sort((a, b) => score(b) - score(a) || b - a);
  const top = score(order[0] ?? 0);
  const large = k > 0 && k < V ? order.filter((v) => score(v) >= score(order[k - 1] ?? 0)) : order;
  const weight = (v: number): number => Math.exp(score(v) - top);
  const total = large.reduce((sum, v) => sum + weight(v), 0);
  let gap = 1;
  let kept = large;
  if (p < 1) {
    kept = [];
    let tail = total;
    for (const v of large) {
      // The sum of this one and all below it must exceed 1 − p; the largest stays in any case.
      if (kept.length > 0) gap = Math.min(gap, Math.abs(tail / total - (1 - p)));
      if (kept.length === 0 || tail / total > 1 - p) kept.push(v);
      tail -= weight(v);
    }
  }
  const left = kept.reduce((sum, v) => sum + weight(v), 0);
  const probabilities = new Array<number>(V).fill(0);
  for (const v of kept) probabilities[v] = weight(v) / left;
  return { probabilities, gap };
}

/** Farther from every border than f32 sums are wrong. */
const CLEAR = 1e-4;

/** Moves a border of the nucleus or a random number that is too close to a running sum for f32 to tell the side. */
function finish(
  _: Call<"sampleTokens", Params>,
  { inputs, params }: ValuedCall<"sampleTokens", Params>,
): ValuedCall<"sampleTokens", Params> {
  const topP = [...inputs.topP.data];
  const uniform = [...inputs.uniform.data];
  const current = (): InputsOf<"sampleTokens", TensorValues> => ({
    ...inputs,
    topP: hostTensor("f32", inputs.topP.shape, topP),
    uniform: hostTensor("f32", inputs.uniform.shape, uniform),
  });
  for (let m = 0; m < topP.length; m++) {
    if (!(at(inputs.temperature, m) > 0)) continue;
    if (chancesOf(current(), m).gap < CLEAR) topP[m] = 1;
    const { probabilities } = chancesOf(current(), m);
    const bounds = [0];
    for (const probability of probabilities) if (probability > 0) bounds.push((bounds.at(-1) ?? 0) + probability);
    const isClear = (u: number): boolean => bounds.slice(1, -1).every((bound) => Math.abs(bound - u) > CLEAR);
    const i = bounds.findIndex((bound, b) => b > 0 && bound > (uniform[m] ?? 0));
    if (isClear(uniform[m] ?? 0)) continue;
    // The middle of the widest interval, else of the one it was in.
    const widths = bounds.slice(1).map((bound, b) => bound - (bounds[b] ?? 0));
    const widest = Math.max(...widths) > 2.5 * CLEAR ? widths.indexOf(Math.max(...widths)) + 1 : Math.max(1, i);
    uniform[m] = ((bounds[widest] ?? 1) + (bounds[widest - 1] ?? 0)) / 2;
  }
  return { inputs: current(), params };
}

/** out[m] = a token of row m; greedy where its temperature is 0 */
export const sampleTokensCase: ConformanceCase<"sampleTokens", Params> = {
  op: "sampleTokens",
  dtypes: ["f32"],
  variants: () => [""],
  elementwise: true,
  calls: () =>
    fc
      .record({
        M: fc.nat({ max: 5 }),
        V: laneLength,
        layout: fc.record({ kind: fc.constantFrom("contiguous", "stepped", "transposed", "narrowed"), seed: seeds }),
        seed: seeds,
      })
      .map(call),
  examples: () =>
    [
      ...laneLengths.map((V, seed) => ({ M: 5, V, layout: contiguous, seed: 37 * seed })),
      // One long row: compositions sort and look up in V² steps.
      { M: 1, V: longLength, layout: contiguous, seed: 100 },
      { M: 4, V: 270, layout: contiguous, seed: 8 },
      { M: 0, V: 4, layout: contiguous, seed: 1 },
    ].map(call),
  specials: () => [
    {
      inputs: {
        logits: given(
          "f32",
          [6, 3],
          [1, NaN, 2, -Infinity, -Infinity, -Infinity, 1, 5, Infinity, -Infinity, 2, -Infinity].concat([
            1, 1, 1, -0, 0, -1,
          ]),
        ),
        temperature: given("f32", [6], [1, 1, 1, 1, 0.5, 0]),
        topK: given("i32", [6], [0, 1, 2, 0, 1, 0]),
        topP: given("f32", [6], [1, 0.5, 1, 0.9, 1, 1]),
        uniform: given("f32", [6], [0.5, 0.5, 0.5, 0.99, 0.5, 0.9]),
      },
      params: {},
    },
  ],
  finish,
  run: (_, { logits, ...options }) => sampleTokens(logits, options),
  compose: ({ logits, ...options }) => composeSampleTokens(logits, options),
  oracle: ({ inputs }) =>
    expected("i32", [inputs.logits.shape[0]], ([m]) => {
      const row = Array.from({ length: inputs.logits.shape[1] }, (_, v) => at(inputs.logits, m, v));
      const broken = row.findIndex(Number.isNaN);
      if (broken >= 0) return broken;
      const top = Math.max(...row);
      if (!(at(inputs.temperature, m) > 0) || !Number.isFinite(top)) return row.indexOf(top);
      const { probabilities } = chancesOf(inputs, m);
      let sum = 0;
      const drawn = probabilities.findIndex(
        (probability) => (sum += probability) > at(inputs.uniform, m) && probability > 0,
      );
      return drawn >= 0 ? drawn : probabilities.findLastIndex((probability) => probability > 0);
    }),
  tolerance: () => ({ kind: "exact", reason: "a token; random numbers keep away from the borders between tokens" }),
  rows: ({ inputs }) =>
    Array.from({ length: inputs.logits.shape[0] }, (_, m) => {
      const of = (t: TensorValues): TensorValues => sliceOf(t, 0, m);
      const { logits, temperature, topK, topP, uniform } = inputs;
      return {
        title: `row ${m}`,
        call: {
          inputs: {
            logits: of(logits),
            temperature: of(temperature),
            topK: of(topK),
            topP: of(topP),
            uniform: of(uniform),
          },
          params: {},
        },
        of,
      };
    }),
  misuses: ({ make }) => {
    const options = (): SamplingTensors => ({
      temperature: make([2]),
      topK: make([2], "i32"),
      topP: make([2]),
      uniform: make([2]),
    });
    return [
      {
        title: "rank",
        run: () => sampleTokens(make([2, 3, 4]), options()),
        error: ShapeError,
        mentions: ["sampleTokens", "[2, 3, 4]"],
      },
      {
        title: "no vocabulary",
        run: () => sampleTokens(make([2, 0]), options()),
        error: ShapeError,
        mentions: ["sampleTokens", "[2, 0]"],
      },
      {
        title: "dtype of topK",
        run: () => sampleTokens(make([2, 3]), { ...options(), topK: make([2]) }),
        error: DTypeError,
        mentions: ["sampleTokens", "topK", "f32", "i32"],
      },
      {
        title: "number of temperatures",
        run: () => sampleTokens(make([2, 3]), { ...options(), temperature: make([3]) }),
        error: ShapeError,
        mentions: ["sampleTokens", "temperature", "[3]", "[2]"],
      },
    ];
  },
};
