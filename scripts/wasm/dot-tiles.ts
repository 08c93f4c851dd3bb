/** AssemblyScript has no macros: the register tiles of the dot products are written out by this script. */

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** `rows` packed activations × `columns` rows as stored; sums are read from and written back to memory. */
function packedTile(rows: number, columns: number): string {
  const sums = range(rows).flatMap((m) => range(columns).map((n) => ({ m, n, name: `s${m}${n}` })));
  const step = [
    ...range(columns).map((n) => `    const w${n} = loadLanes<T>(b${n});`),
    ...range(columns).map((n) => `    b${n} += 4 * sizeof<T>();`),
    ...range(rows).flatMap((m) => [
      `    const x${m} = v128.load(a, ${16 * m});`,
      ...range(columns).map((n) => `    s${m}${n} = madd(x${m}, w${n}, s${m}${n});`),
    ]),
    `    a += ${16 * rows};`,
  ];
  return [
    `/** ${rows} × ${columns}: a is packed [k/4][${rows}][4] and ends at \`end\`; row n of b starts at b + n·stride. */`,
    `export function dot${rows}x${columns}<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {`,
    ...range(columns).map((n) => `  let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
    ...sums.map(({ name }, i) => `  let ${name} = v128.load(sums, ${16 * i});`),
    "  while (a < end) {",
    ...step,
    "  }",
    ...sums.map(({ name }, i) => `  v128.store(sums, ${name}, ${16 * i});`),
    "}",
  ].join("\n");
}

/** One activation row × `columns` weight rows as stored; `unroll` vectors per turn. */
function rowTile(columns: number, unroll: number): string {
  const body = (u: number): string[] => [
    `    const x${u} = v128.load(a, ${16 * u});`,
    ...range(columns).map((n) => `    s${n} = madd(x${u}, loadLanes<T>(b${n} + ${u} * 4 * sizeof<T>()), s${n});`),
  ];
  const bump = (by: number): string[] => [
    `    a += ${16 * by};`,
    ...range(columns).map((n) => `    b${n} += ${4 * by} * sizeof<T>();`),
  ];
  return [
    `/** 1 × ${columns}: a is one row of f32, row n of b starts at b + n·stride. Writes ${columns} vectors. */`,
    `export function row${columns}<T>(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {`,
    ...range(columns).map((n) => `  let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
    ...range(columns).map((n) => `  let s${n} = f32x4.splat(0);`),
    ...(unroll > 1
      ? [
          `  for (; count >= ${unroll}; count -= ${unroll}) {`,
          ...range(unroll).flatMap((u) => body(u)),
          ...bump(unroll),
          "  }",
        ]
      : []),
    "  for (; count > 0; count--) {",
    ...body(0),
    ...bump(1),
    "  }",
    ...range(columns).map((n) => `  v128.store(sums, s${n}, ${16 * n});`),
    "}",
  ].join("\n");
}

/** As `rowTile(8, 2)` of bf16: eight elements per load, then each half moved to the high bits of its lanes. */
function rowTileBf16(): string {
  const rows = range(8);
  return [
    "/** As row8 of bf16, two vectors per load. */",
    "export function row8Bf16(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {",
    "  const zero = f32x4.splat(0);",
    ...rows.map((n) => `  let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
    ...rows.map((n) => `  let s${n} = zero;`),
    "  for (; count >= 2; count -= 2) {",
    "    const x0 = v128.load(a);",
    "    const x1 = v128.load(a, 16);",
    ...rows.flatMap((n) => [
      `    const w${n} = v128.load(b${n});`,
      `    s${n} = madd(x1, highHalves(w${n}, zero), madd(x0, lowHalves(w${n}, zero), s${n}));`,
      `    b${n} += 16;`,
    ]),
    "    a += 32;",
    "  }",
    "  if (count > 0) {",
    "    const x0 = v128.load(a);",
    ...rows.map((n) => `    s${n} = madd(x0, loadLanes<u16>(b${n}), s${n});`),
    "  }",
    ...rows.map((n) => `  v128.store(sums, s${n}, ${16 * n});`),
    "}",
  ].join("\n");
}

/** `rows` rows of probabilities × `columns` vectors of values, summed over keys into rows of the output. */
function mixTile(rows: number, columns: number): string {
  const sums = range(rows).flatMap((m) => range(columns).map((n) => ({ name: `s${m}_${n}`, at: `out${m}`, n })));
  return [
    `/** ${rows} × ${columns}: out[m] += Σₛ p[m][s]·v[s] for ${4 * columns} elements; strides in bytes. */`,
    `export function mix${rows}x${columns}<T>(p: usize, pStride: usize, end: usize, v: usize, stride: usize, out: usize, outStride: usize): void {`,
    ...range(rows).map((m) => `  const out${m} = out${m === 0 ? "" : ` + ${m} * outStride`};`),
    ...range(rows).map((m) => `  let p${m} = p${m === 0 ? "" : ` + ${m} * pStride`};`),
    ...sums.map(({ name, at, n }) => `  let ${name} = v128.load(${at}, ${16 * n});`),
    "  while (p0 < end) {",
    ...range(columns).map((n) => `    const v${n} = loadLanes<T>(v + ${n} * 4 * sizeof<T>());`),
    ...range(rows).flatMap((m) => [
      `    const x${m} = v128.load32_splat(p${m});`,
      ...range(columns).map((n) => `    s${m}_${n} = madd(x${m}, v${n}, s${m}_${n});`),
      `    p${m} += 4;`,
    ]),
    "    v += stride;",
    "  }",
    ...sums.map(({ name, at, n }) => `  v128.store(${at}, ${name}, ${16 * n});`),
    "}",
  ].join("\n");
}

/** `rows` packed activations × 8 columns: every step of k adds one product to each of the sums. */
function outerTile(rows: number): string {
  const halves = range(2);
  const sums = range(rows).flatMap((m) => halves.map((h) => ({ name: `s${m}${h}`, at: 32 * m + 16 * h })));
  return [
    `/** ${rows} × 8: a is packed [k][${rows}] and ends at \`end\`; row k of b starts at b + k·stride. */`,
    `export function outer${rows}x8(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {`,
    ...sums.map(({ name, at }) => `  let ${name} = v128.load(sums, ${at});`),
    "  while (a < end) {",
    ...halves.map((h) => `    const b${h} = v128.load(b, ${16 * h});`),
    ...range(rows).flatMap((m) => [
      `    const a${m} = v128.load32_splat(a, ${4 * m});`,
      ...halves.map((h) => `    s${m}${h} = madd(a${m}, b${h}, s${m}${h});`),
    ]),
    `    a += ${4 * rows};`,
    "    b += stride;",
    "  }",
    ...sums.map(({ name, at }) => `  v128.store(sums, ${name}, ${at});`),
    "}",
  ].join("\n");
}

/** Tiles of `linear` and attention: a sum of products adds k in steps of four lanes, then the lanes. */
export const dotTiles = (): string =>
  [
    "// Every sum of products adds k in steps of four lanes, so that all of these give one output the same bits.",
    'import { highHalves, loadLanes, lowHalves, madd } from "../lanes";',
    "",
    [
      packedTile(6, 2),
      packedTile(5, 2),
      packedTile(4, 2),
      packedTile(1, 2),
      rowTile(8, 2),
      rowTileBf16(),
      rowTile(4, 2),
      rowTile(1, 4),
      mixTile(6, 2),
      mixTile(4, 2),
      mixTile(1, 8),
      mixTile(1, 1),
    ].join("\n\n"),
    "",
  ].join("\n");

/** Tiles of `matmul`: a sum of products adds k one by one. */
export const outerTiles = (): string =>
  [
    "// Every sum adds k one by one, so that all of these give one output the same bits.",
    'import { madd } from "../lanes";',
    "",
    [6, 4, 2, 1].map(outerTile).join("\n\n"),
    "",
  ].join("\n");
