/**
 * The tiles of the quantised products: one panel of 8 weight rows × 1, 2 or 4 tokens over a run of K, added to what `sums`
 * holds. Layouts are described in assembly/quant.ts.
 */

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const tokens = [1, 2, 4] as const;

interface Format {
  readonly name: string;
  /** Bytes of one block of packed activations of one token. */
  readonly record: number;
  /** Bytes of one weight block of 8 rows × 32, the loop's step. */
  readonly block: number;
  readonly prologue: readonly string[];
  readonly steps: (T: number) => readonly string[];
  readonly epilogue: (T: number) => readonly string[];
}

const halves = ["a", "b"] as const;

/**
 * Integer sums of 32 k of nibbles, 4 k at a time: low nibbles 8j … 8j + 3, then the high ones, so that few vectors are
 * alive beside the sums.
 */
const nibbleStep =
  (record: number) =>
  (T: number): string[] =>
    range(8).flatMap((k) => [
      ...halves.flatMap((h, i) => {
        const v = `v${k >> 1}${h}`;
        return k & 1
          ? [`    const w${k}${h} = v128.and(i16x8.shr_u(${v}, 4), mask);`]
          : [
              `    const ${v} = v128.load(w, ${32 * (k >> 1) + 16 * i});`,
              `    const w${k}${h} = v128.and(${v}, mask);`,
            ];
      }),
      ...range(T).flatMap((t) => [
        `    const x${k}${t} = v128.load32_splat(x, ${record * t + 4 * k});`,
        ...halves.map((h) =>
          k === 0
            ? `    let i${t}${h} = dot8(x${k}${t}, w${k}${h});`
            : `    i${t}${h} = i16x8.add(i${t}${h}, dot8(x${k}${t}, w${k}${h}));`,
        ),
      ]),
    ]);

const loadScales = (name: string, at: number): string[] =>
  halves.map((h, i) => `    const ${name}${h} = scales(w, ${at + 8 * i}, fields, rebase);`);

const nibbles = (name: string, block: number, epilogue: Format["epilogue"]): Format => ({
  name,
  record: 64,
  block,
  prologue: ["  const mask = v128.load(NIBBLES);"],
  steps: nibbleStep(64),
  epilogue,
});

const q4_0 = nibbles("q4_0", 144, (T) => [
  ...loadScales("d", 128),
  ...range(T).flatMap((t) => [
    `    const s${t} = v128.load32_splat(x, ${64 * t + 32});`,
    `    const c${t} = i32x4.shl(v128.load32_splat(x, ${64 * t + 36}), 3);`,
    ...halves.map(
      (h) =>
        `    f${t}${h} = madd(f32x4.convert_i32x4_s(i32x4.sub(i32x4.extadd_pairwise_i16x8_s(i${t}${h}), c${t})), f32x4.mul(d${h}, s${t}), f${t}${h});`,
    ),
  ]),
]);

const affine = (T: number): string[] =>
  range(T).flatMap((t) => [
    `    const s${t} = v128.load32_splat(x, ${64 * t + 32});`,
    `    const c${t} = v128.load32_splat(x, ${64 * t + 44});`,
    ...halves.map(
      (h) =>
        `    f${t}${h} = madd(f32x4.convert_i32x4_s(i32x4.extadd_pairwise_i16x8_s(i${t}${h})), f32x4.mul(d${h}, s${t}), madd(m${h}, c${t}, f${t}${h}));`,
    ),
  ]);

const q4_1 = nibbles("q4_1", 160, (T) => [...loadScales("d", 128), ...loadScales("m", 144), ...affine(T)]);

/** Four bytes each of eight → f32, one line per half. */
const widenBytes = (name: string, at: number, sign: "s" | "u"): string[] => [
  `    const ${name} = v128.load8x8_${sign}(w, ${at});`,
  ...(["low", "high"] as const).map(
    (part, i) => `    const ${name}${halves[i]} = f32x4.convert_i32x4_s(i32x4.extend_${part}_i16x8_${sign}(${name}));`,
  ),
];

const q4_K = nibbles("q4_K", 144, (T) => [
  ...widenBytes("e", 128, "u"),
  ...widenBytes("n", 136, "u"),
  ...halves.flatMap((h) => [
    `    const d${h} = f32x4.mul(D${h}, e${h});`,
    `    const m${h} = f32x4.mul(M${h}, n${h});`,
  ]),
  ...affine(T),
]);

const q8_0: Format = {
  name: "q8_0",
  record: 80,
  block: 272,
  prologue: [],
  steps: (T) =>
    range(16).flatMap((j) => [
      ...halves.map((h, i) => `    const w${j}${h} = v128.load8x8_s(w, ${16 * j + 8 * i});`),
      ...range(T).flatMap((t) => [
        `    const x${j}${t} = v128.load32_splat(x, ${80 * t + 4 * j});`,
        ...halves.map((h) =>
          j === 0
            ? `    let i${t}${h} = i32x4.dot_i16x8_s(w${j}${h}, x${j}${t});`
            : `    i${t}${h} = i32x4.add(i${t}${h}, i32x4.dot_i16x8_s(w${j}${h}, x${j}${t}));`,
        ),
      ]),
    ]),
  epilogue: (T) => [
    ...loadScales("d", 256),
    ...range(T).flatMap((t) => [
      `    const s${t} = v128.load32_splat(x, ${80 * t + 64});`,
      ...halves.map(
        (h) => `    f${t}${h} = madd(f32x4.convert_i32x4_s(i${t}${h}), f32x4.mul(d${h}, s${t}), f${t}${h});`,
      ),
    ]),
  ],
};

/** Groups of 16 have scales of their own; four dots of 6 bits overflow 16, two do not. */
const q6_K: Format = {
  name: "q6_K",
  record: 64,
  block: 208,
  prologue: ["  const mask = v128.load(NIBBLES);", "  const high = v128.load(HIGH_BITS);"],
  steps: () => [],
  epilogue: (T) =>
    range(2).flatMap((g) => [
      ...widenBytes(`e${g}`, 192 + 8 * g, "s"),
      ...halves.flatMap((h, i) => [
        `    const u${g}${h} = v128.load(w, ${128 + 32 * g + 16 * i});`,
        ...range(2).flatMap((s) => {
          const j = 2 * g + s;
          const low = s === 0 ? `i16x8.shl(u${g}${h}, 4)` : `u${g}${h}`;
          const top = s === 0 ? `i16x8.shl(u${g}${h}, 2)` : `i16x8.shr_u(u${g}${h}, 2)`;
          return [
            `    const v${j}${h} = v128.load(w, ${32 * j + 16 * i});`,
            `    const l${j}${h} = v128.or(v128.and(v${j}${h}, mask), v128.and(${low}, high));`,
            `    const h${j}${h} = v128.or(v128.and(i16x8.shr_u(v${j}${h}, 4), mask), v128.and(${top}, high));`,
          ];
        }),
        `    const d${g}${h} = f32x4.mul(D${h}, e${g}${h});`,
      ]),
      ...range(T).flatMap((t) => [
        ...range(2).flatMap((s) => [
          `    const x${2 * g + s}${t} = v128.load32_splat(x, ${64 * t + 16 * g + 8 * s});`,
          `    const y${2 * g + s}${t} = v128.load32_splat(x, ${64 * t + 16 * g + 8 * s + 4});`,
        ]),
        `    const s${g}${t} = v128.load32_splat(x, ${64 * t + 32});`,
        `    const c${g}${t} = i32x4.shl(v128.load32_splat(x, ${64 * t + 48 + 4 * g}), 5);`,
        ...halves.flatMap((h) => [
          `    const i${g}${t}${h} = i32x4.add(${range(2)
            .map((s) => 2 * g + s)
            .map(
              (j) => `i32x4.extadd_pairwise_i16x8_s(i16x8.add(dot8(x${j}${t}, l${j}${h}), dot8(y${j}${t}, h${j}${h})))`,
            )
            .join(", ")});`,
          `    f${t}${h} = madd(f32x4.convert_i32x4_s(i32x4.sub(i${g}${t}${h}, c${g}${t})), f32x4.mul(d${g}${h}, s${g}${t}), f${t}${h});`,
        ]),
      ]),
    ]),
};

/** The 32-wide blocks of K-quants come in runs of eight behind a header of `bytes`. */
const heads: Readonly<Record<string, { readonly bytes: number; readonly read: readonly string[] }>> = {
  q4_K: {
    bytes: 32,
    read: halves.flatMap((h, i) => [
      `    const D${h} = scales(w, ${8 * i}, fields, rebase);`,
      `    const M${h} = f32x4.neg(scales(w, ${16 + 8 * i}, fields, rebase));`,
    ]),
  },
  q6_K: { bytes: 16, read: halves.map((h, i) => `    const D${h} = scales(w, ${8 * i}, fields, rebase);`) },
};

function tile(format: Format, T: number): string {
  const head = heads[format.name];
  const sums = range(T).flatMap((t) => halves.map((h) => `f${t}${h}`));
  const body = [
    ...format.steps(T),
    ...format.epilogue(T),
    `    w += ${format.block};`,
    `    x += ${format.record * T};`,
  ];
  const loop = head
    ? [
        "  while (blocks > 0) {",
        ...head.read,
        `    w += ${head.bytes};`,
        "    const stop = blocks - 8;",
        "    for (; blocks > stop; blocks--) {",
        ...body.map((line) => `  ${line}`),
        "    }",
        "  }",
      ]
    : ["  for (; blocks > 0; blocks--) {", ...body, "  }"];
  return [
    `export function ${format.name}x${T}(w: usize, blocks: i32, x: usize, sums: usize): void {`,
    ...format.prologue,
    "  const fields = v128.load(F16_FIELDS);",
    "  const rebase = v128.load(F16_REBASE);",
    ...sums.map((name, i) => `  let ${name} = v128.load(sums, ${16 * i});`),
    ...loop,
    ...sums.map((name, i) => `  v128.store(sums, ${name}, ${16 * i});`),
    "}",
  ].join("\n");
}

export const quantTiles = (): string =>
  [
    "// Written by scripts/wasm/quant-tiles.ts. Integer sums are exact and the blocks of K are added in order, so a token's",
    "// result does not depend on how many share the tile.",
    'import { dot8, F16_FIELDS, F16_REBASE, HIGH_BITS, NIBBLES, scales } from "./quant-lanes";',
    'import { madd } from "./lanes";',
    "",
    [q4_0, q4_1, q4_K, q6_K, q8_0].flatMap((format) => tokens.map((T) => tile(format, T))).join("\n\n"),
    "",
  ].join("\n");
