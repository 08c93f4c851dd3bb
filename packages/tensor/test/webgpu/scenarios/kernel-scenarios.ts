import {
  attention,
  cast,
  dtypes,
  fromStored,
  gather,
  concat,
  gatherQuant,
  linear,
  matmul,
  narrow,
  gatedProjection,
  quantMatmul,
  projections,
  quantizeInt8,
  Rng,
  scope,
  type Backend,
  type DType,
  type Tensor,
} from "@helium-lm/tensor";
import { appends, normedAppends } from "./append-scenarios.ts";
import { draws } from "./draw-scenarios.ts";
import { rounded } from "./rounded-scenarios.ts";
import { integers, matrix, normal, type ScenarioCall } from "./scenario-values.ts";
import { gatedOfStream, sameAsComposed } from "./stream-scenarios.ts";

/** Bytes of a buffer: a matrix of 900 rows of 512 weights takes several. */
export const SMALL = 140_000;

export interface Scenario extends ScenarioCall {
  /**
   * A card: without optional features, with them, with those that round activations too, or with the least limits; or a processor
   * that plays one. They have kernels of their own.
   */
  readonly device: "plain card" | "card" | "rounding card" | "small" | "software";
}

/** With them three matrices take nine storages. */
const hasBiases = (format: string): boolean => format === "q6_K";

const products = (["q4_0", "q6_K", "q8_0"] as const).flatMap((format): ScenarioCall[] => [
  ...[1, 3, 7, 40].map((M) => ({
    name: `${M} rows × a matrix of ${format} in several buffers, of which some rows`,
    tolerance: 1e-2,
    run: (backend: Backend) =>
      quantMatmul(
        normal(backend, [M, 512], M),
        matrix(backend, format, 900, 512, 2).narrowRows(37, 831),
        normal(backend, [831], 5),
      ),
  })),
  {
    name: `three matrices, two of them of ${format}, in several buffers beside each other`,
    tolerance: 1e-2,
    run: (backend) =>
      concat(
        projections(
          normal(backend, [3, 512], 3),
          [
            matrix(backend, format, 900, 512, 4).narrowRows(450, 400),
            matrix(backend, format, 30, 512, 5),
            matrix(backend, "q5_1", 70, 512, 6),
          ],
          { weight: normal(backend, [512], 6), eps: 1e-5, weightMode: "one-plus" },
          hasBiases(format) ? [400, 30, 70].map((rows) => normal(backend, [rows], rows)) : [],
        ),
        -1,
      ),
  },
  {
    name: `gate and up of ${format} in several buffers`,
    tolerance: 1e-2,
    run: (backend) =>
      gatedProjection(
        normal(backend, [2, 512], 3),
        {
          gate: matrix(backend, format, 900, 512, 4).narrowRows(0, 500),
          up: matrix(backend, format, 900, 512, 5).narrowRows(301, 500),
          activation: "silu",
          ...(hasBiases(format) && { gateBias: normal(backend, [500], 8), upBias: normal(backend, [500], 9) }),
        },
        { weight: normal(backend, [512], 6), eps: 1e-5 },
      ),
  },
  gatedOfStream(format),
  {
    name: `rows of ${format} from several buffers`,
    tolerance: 0,
    run: (backend) =>
      gatherQuant(matrix(backend, format, 900, 512, 7), integers(backend, [899, 0, 31, 32, 350, 463, 464, 700])),
  },
]);

const linears = (["f32", "bf16", "f16"] as const).flatMap((dtype) =>
  [1, 5, 33].map((M): ScenarioCall => ({
    name: `${M} rows × weights in ${dtype}`,
    tolerance: 1e-5,
    run: (backend) =>
      linear(normal(backend, [M, 96], M), normal(backend, [37, 96], 2, dtype), normal(backend, [37], 3, "bf16")),
  })),
);

/** Matrices whose rows are no whole units, and whose columns no whole tiles. */
const tiles: ScenarioCall[] = [
  {
    name: "19 rows × weights of 100 columns",
    tolerance: 1e-5,
    run: (backend) => linear(normal(backend, [19, 100], 1), normal(backend, [37, 100], 2), normal(backend, [37], 3)),
  },
  {
    name: "matrices [2, 19, 20] × [20, 44]",
    tolerance: 1e-5,
    run: (backend) => matmul(normal(backend, [2, 19, 20], 1), normal(backend, [20, 44], 2)),
  },
];

/** Weights in floats, in several buffers. */
function floatMatrix(backend: Backend, dtype: "f32" | "bf16" | "f16", rows: number, columns: number): Tensor {
  const rng = new Rng(rows);
  const { encode, bytes, view } = dtypes[dtype];
  const stored = view(new ArrayBuffer(rows * columns * bytes), 0, rows * columns);
  for (let i = 0; i < stored.length; i++) stored[i] = encode(2 * rng.uniform() - 1);
  return fromStored(backend, stored, [rows, columns], dtype, { weights: true });
}

const splitMatrices = (["f32", "bf16", "f16"] as const).flatMap((dtype): ScenarioCall[] => [
  ...(dtype === "bf16" ? [1, 5, 33] : [5]).map((M) => ({
    name: `${M} rows × weights in ${dtype} in several buffers, of which some rows`,
    tolerance: 1e-5,
    run: (backend: Backend) =>
      linear(
        normal(backend, [M, 96], M),
        narrow(floatMatrix(backend, dtype, 900, 96), 0, 29, 801),
        normal(backend, [801], 3, "bf16"),
      ),
  })),
  ...(["f32", dtype === "bf16" ? "f16" : "bf16", dtype] as const).map((to) => ({
    name: `rows of ${dtype} from several buffers, in ${to}`,
    tolerance: 0,
    run: (backend: Backend) => {
      const table = narrow(floatMatrix(backend, dtype, 1800, 96), 0, 7, 1790);
      const indices = integers(backend, [1789, 0, 31, 335, 336, 337, 700, 701, 1400, 3], [2, 5]);
      return cast(gather(table, indices, { dtype: to }), "f32");
    },
  })),
]);

/** Two sequences over pages of 64, of 1,500 and of 70 keys. */
const overPages =
  (T: number, options: { stored: DType; window?: number; softcap?: number }) =>
  (backend: Backend): Tensor => {
    const [H, K, D] = [4, 2, 5];
    const starts = integers(backend, [0, T, T + 1]);
    const tables = integers(
      backend,
      Array.from({ length: 48 }, (_, i) => (i * 7) % 48),
      [2, 24],
    );
    const lengths = integers(backend, [1500, 70]);
    const q = normal(backend, [T + 1, H, D], T);
    const pools = [8, 9].map((seed) =>
      normal(backend, [48, K, 64, D], seed, options.stored === "i8" ? "f32" : options.stored),
    );
    const shared = {
      scale: 1,
      causal: true,
      tables,
      queryStarts: starts,
      lengths,
      window: options.window,
      softcap: options.softcap,
    };
    if (options.stored !== "i8") return attention(q, pools[0], pools[1], shared);
    const [keys, values] = pools.map((pool) => quantizeInt8(pool)) as [
      ReturnType<typeof quantizeInt8>,
      ReturnType<typeof quantizeInt8>,
    ];
    return attention(q, keys.levels, values.levels, { ...shared, keyScales: keys.scales, valueScales: values.scales });
  };

/** Values of more columns than a workgroup has threads. */
const withWideHeads =
  (D: number) =>
  (backend: Backend): Tensor => {
    const [keys, values] = [8, 9].map((seed) => normal(backend, [4, 1, 16, D], seed)) as [Tensor, Tensor];
    const tables = integers(backend, [2, 0, 3, 1], [1, 4]);
    const [queryStarts, lengths] = [integers(backend, [0, 3]), integers(backend, [50])];
    return attention(normal(backend, [3, 2, D], D), keys, values, {
      scale: 0.3,
      causal: true,
      tables,
      queryStarts,
      lengths,
    });
  };

const attentions: ScenarioCall[] = [
  ...[100, 200, 300].map((D) => ({
    name: `attention with heads of ${D} columns`,
    tolerance: 1e-4,
    run: withWideHeads(D),
  })),
  ...([1, 9] as const).flatMap((T) =>
    (["f32", "f16", "bf16", "i8"] as const).map((stored) => ({
      name: `attention of ${T} tokens to 1,500 keys in ${stored}`,
      tolerance: 1e-4,
      run: overPages(T, { stored }),
    })),
  ),
  { name: "attention within a window of 300 keys", tolerance: 1e-4, run: overPages(1, { stored: "f32", window: 300 }) },
  { name: "attention with capped scores", tolerance: 1e-4, run: overPages(5, { stored: "f32", softcap: 2 }) },
];

/** On a device with eight storages for a kernel, as many as each has at least. */
const ofManyStorages: ScenarioCall[] = [
  ...appends,
  ...normedAppends,
  ...products.filter(({ name }) => /^(three|gate).* q6_K/.test(name)),
  { name: "attention of 2 tokens to 1,500 keys in i8", tolerance: 1e-4, run: overPages(2, { stored: "i8" }) },
];

const on = (device: Scenario["device"], calls: readonly ScenarioCall[]): Scenario[] =>
  calls.map((call) => ({ ...call, name: `${call.name}, on a ${device} device`, device }));

export const scenarios: readonly Scenario[] = [
  ...on("plain card", [...products, sameAsComposed, ...linears, ...tiles, ...splitMatrices]),
  // Tiles and rows taken out are the same on a plain card.
  ...on(
    "card",
    products.filter(({ name }) => name.includes("q4_0") && !/^(40 )?rows/.test(name)),
  ),
  ...on("rounding card", rounded(products)),
  ...on("software", [
    ...products,
    ...linears,
    ...tiles,
    ...attentions,
    ...appends,
    ...normedAppends,
    ...draws,
    ...splitMatrices.filter(({ name }) => name.startsWith("1 row")),
  ]),
  ...on("small", ofManyStorages),
];

/** Why a result is not that of another backend; null where it is. */
export async function differenceOf(
  { run, tolerance }: Scenario,
  backend: Backend,
  other: Backend,
): Promise<string | null> {
  const valuesOn = async (one: Backend): Promise<unknown> => {
    const result = scope(() => run(one));
    const values = await result.toArray();
    result.dispose();
    return values;
  };
  const [got, want] = [await valuesOn(backend), await valuesOn(other)];
  const flat = (values: unknown): number[] =>
    (Array.isArray(values) ? values.flat(9) : [...(values as number[])]) as number[];
  const [a, b] = [flat(got), flat(want)];
  const top = Math.max(...b.map(Math.abs));
  const at = b.findIndex((value, i) => !(Math.abs((a[i] ?? NaN) - value) <= tolerance * top));
  return at < 0 ? null : `element ${at} is ${a[at]}, expected ${b[at]} within ${tolerance} of ${top}`;
}
