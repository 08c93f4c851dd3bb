import { indent, range } from "./code.ts";

/** AssemblyScript has no macros: the register tiles of the dot products are written out by this script. */

/** A sum of products of `linear` is two vectors: elements k of 0 to 3 and of 4 to 7, modulo 8. */
const halves = [0, 1] as const;

/**
 * `rows` packed activations × `columns` rows of f32, eight elements of k a turn. The two sums of a product lie side by side,
 * as their elements do, so that V8 can join them into one of 256 bits.
 */
function dotTile(rows: number, columns: number): string {
  const sums = range(columns).flatMap((n) => range(rows).flatMap((m) => halves.map((h) => `s${m}${n}_${h}`)));
  return [
    `/** ${rows} × ${columns}: a is packed [k/8][${rows}][8] and ends at \`end\`; row n of b starts at b + n·stride; goes on with sums [n][m][8]. */`,
    `export function dot${rows}x${columns}(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {`,
    ...indent(2, [
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...sums.map((name, i) => `let ${name} = v128.load(sums, ${16 * i});`),
      "while (a < end) {",
      ...indent(2, [
        ...halves.flatMap((h) => [
          ...range(columns).map((n) => `const w${n}_${h} = v128.load(b${n}, ${16 * h});`),
          ...range(rows).flatMap((m) => [
            `const x${m}_${h} = v128.load(a, ${32 * m + 16 * h});`,
            ...range(columns).map((n) => `s${m}${n}_${h} = madd(x${m}_${h}, w${n}_${h}, s${m}${n}_${h});`),
          ]),
        ]),
        `a += ${32 * rows};`,
        ...range(columns).map((n) => `b${n} += 32;`),
      ]),
      "}",
      ...sums.map((name, i) => `v128.store(sums, ${name}, ${16 * i});`),
    ]),
    "}",
  ].join("\n");
}

/**
 * As `dotTile` for attention, four elements a turn, from zeros. It rounds a product before adding it in every build: what it
 * gives is quantised to 8 bits, where one last place decides between two levels and models come to differ by tenths of a
 * logit. Sums of neighbouring rows lie side by side, as their activations do.
 */
function scoreTile(rows: number, columns: number): string {
  const sums = range(columns).flatMap((n) => range(rows).map((m) => `s${m}${n}`));
  return [
    `/** ${rows} × ${columns}: a is packed [k/4][${rows}][4] and ends at \`end\`; row n of b starts at b + n·stride; sums [n][m]. */`,
    `export function score${rows}x${columns}<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {`,
    ...indent(2, [
      "const fields = fieldsOf<T>();",
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...sums.map((name) => `let ${name} = f32x4.splat(0);`),
      "while (a < end) {",
      ...indent(2, [
        ...range(columns).map((n) => `const w${n} = storedLanes<T>(b${n}, fields);`),
        ...range(columns).map((n) => `b${n} += 4 * sizeof<T>();`),
        ...range(rows).flatMap((m) => [
          `const x${m} = v128.load(a, ${16 * m});`,
          ...range(columns).map((n) => `s${m}${n} = addProduct(x${m}, w${n}, s${m}${n});`),
        ]),
        `a += ${16 * rows};`,
      ]),
      "}",
      ...sums.map((name, i) => `v128.store(sums, ${name}, ${16 * i});`),
    ]),
    "}",
  ].join("\n");
}

/**
 * What is stored, by the suffix of its tiles: bytes of an element, and four of them as f32. V8 joins loads only where their
 * offsets are constants of the instruction.
 */
const storages = {
  F32: { bytes: 4, lanes: (at: string, offset: number) => `v128.load(${at}, ${offset})` },
  Bf16: { bytes: 2, lanes: (at: string, offset: number) => `i32x4.shl(v128.load16x4_u(${at}, ${offset}), 16)` },
  F16: { bytes: 2, lanes: (at: string, offset: number) => `f16Lanes(v128.load16x4_s(${at}, ${offset}))` },
  /** Neither infinities nor NaN: a third of the instructions. */
  FiniteF16: {
    bytes: 2,
    lanes: (at: string, offset: number) =>
      `f32x4.mul(v128.and(i32x4.shl(v128.load16x4_s(${at}, ${offset}), 13), fields), rebase)`,
  },
  /** As `storedLanes`. */
  StoredF16: { bytes: 2, lanes: (at: string, offset: number) => `storedLanes<i16>(${at} + ${offset}, fields)` },
} as const;
type Storage = keyof typeof storages;

const constants = (storage: Storage): string[] => [
  ...(storage === "FiniteF16" || storage === "StoredF16" ? ["const fields = v128.load(F16_FIELDS);"] : []),
  ...(storage === "FiniteF16" ? ["const rebase = v128.load(F16_REBASE);"] : []),
];

/**
 * `rows` activation rows × `columns` weight rows as stored, eight elements of k a turn; sums as in `dotTile`. Short rows are
 * streams that the processor's prefetching loses at every end; so a turn can also touch as many bytes of what comes next.
 */
function dotRows(rows: number, columns: number, storage: Storage): string {
  const { bytes, lanes } = storages[storage];
  const touches = bytes === 2 && storage !== "F16" && columns > 1;
  const sums = range(columns).flatMap((n) => range(rows).flatMap((m) => halves.map((h) => `s${m}${n}_${h}`)));
  const touching = touches ? "; every turn touches a byte at `next` and moves it by `hop`" : "";
  return [
    `/** ${rows} × ${columns}: rows of a are \`turns\` times eight f32, ${rows === 1 ? "" : "aStride bytes apart, "}row n of b starts at b + n·stride. Writes sums [n][m][8]${touching}. */`,
    `export function dotRows${rows}x${columns}${storage}(a: usize, ${rows === 1 ? "" : "aStride: usize, "}turns: i32, b: usize, stride: usize, sums: usize${touches ? ", next: usize, hop: usize" : ""}): void {`,
    ...indent(2, [
      ...constants(storage),
      ...(touches ? ["let seen: i32 = 0;"] : []),
      ...range(rows).map((m) => `let a${m} = a${m === 0 ? "" : ` + ${m} * aStride`};`),
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...sums.map((name) => `let ${name} = f32x4.splat(0);`),
      "for (; turns > 0; turns--) {",
      ...indent(2, [
        ...range(columns).flatMap((n) => halves.map((h) => `const w${n}_${h} = ${lanes(`b${n}`, 4 * bytes * h)};`)),
        ...range(rows).flatMap((m) => [
          ...halves.map((h) => `const x${m}_${h} = v128.load(a${m}, ${16 * h});`),
          ...range(columns).flatMap((n) =>
            halves.map((h) => `s${m}${n}_${h} = madd(x${m}_${h}, w${n}_${h}, s${m}${n}_${h});`),
          ),
        ]),
        ...(touches ? ["seen ^= load<u8>(next);", "next += hop;"] : []),
        ...range(rows).map((m) => `a${m} += 32;`),
        ...range(columns).map((n) => `b${n} += ${8 * bytes};`),
      ]),
      "}",
      ...sums.map((name, i) => `v128.store(sums, ${name}, ${16 * i});`),
      // Behind the sums, where nothing is: a load whose value is used stays.
      ...(touches ? [`store<i32>(sums, seen, ${16 * sums.length});`] : []),
    ]),
    "}",
  ].join("\n");
}

/** As `dotRows` of one row for attention, four elements a turn, products as in `scoreTile`. */
function scoreRow(columns: number, storage: Storage): string {
  const { bytes, lanes } = storages[storage];
  const body = (vectors: number): string[] => [
    ...range(vectors).map((v) => `const x${v} = v128.load(a, ${16 * v});`),
    ...range(columns).flatMap((n) =>
      range(vectors).map((v) => `s${n} = addProduct(x${v}, ${lanes(`b${n}`, 4 * bytes * v)}, s${n});`),
    ),
    `a += ${16 * vectors};`,
    ...range(columns).map((n) => `b${n} += ${4 * bytes * vectors};`),
  ];
  return [
    `/** 1 × ${columns}: a is \`count\` vectors of f32, row n of b starts at b + n·stride. Writes ${columns} vectors. */`,
    `export function scoreRow${columns}${storage}(a: usize, count: i32, b: usize, stride: usize, sums: usize): void {`,
    ...indent(2, [
      ...constants(storage),
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...range(columns).map((n) => `let s${n} = f32x4.splat(0);`),
      "for (; count >= 2; count -= 2) {",
      ...indent(2, body(2)),
      "}",
      "if (count > 0) {",
      ...indent(2, body(1)),
      "}",
      ...range(columns).map((n) => `v128.store(sums, s${n}, ${16 * n});`),
    ]),
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
    "  const fields = fieldsOf<T>();",
    ...sums.map(({ name, at, n }) => `  let ${name} = v128.load(${at}, ${16 * n});`),
    "  while (p0 < end) {",
    ...range(columns).map((n) => `    const v${n} = storedLanes<T>(v + ${n} * 4 * sizeof<T>(), fields);`),
    ...range(rows).flatMap((m) => [
      `    const x${m} = v128.load32_splat(p${m});`,
      ...range(columns).map((n) => `    s${m}_${n} = addProduct(x${m}, v${n}, s${m}_${n});`),
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

/** Rows and columns of the tiles over weights as stored: eight sums, and those of columns that are left. */
const rowShapes = [
  [4, 1],
  [2, 2],
  [2, 1],
  [1, 4],
  [1, 1],
] as const;

/** Tiles of `linear`, whose sums add k in steps of eight lanes, and of attention, in steps of four; then the lanes. */
export const dotTiles = (): string =>
  [
    "// All tiles of `linear` give one output the same bits, and so do all of attention's.",
    "import {",
    "  addProduct, F16_FIELDS, F16_REBASE, f16Lanes, fieldsOf, loadLanes, madd, storedLanes,",
    '} from "../lanes";',
    "",
    [
      dotTile(6, 2),
      dotTile(3, 2),
      dotTile(2, 2),
      dotTile(1, 2),
      ...[6, 5, 4, 3, 2].map((rows) => scoreTile(rows, 2)),
      ...(["F32", "Bf16", "FiniteF16"] as const).flatMap((storage) =>
        rowShapes.map(([rows, columns]) => dotRows(rows, columns, storage)),
      ),
      // The conversion needs registers.
      ...[2, 1].map((columns) => dotRows(1, columns, "F16")),
      ...(["F32", "Bf16", "StoredF16"] as const).flatMap((storage) => [4, 1].map((rows) => scoreRow(rows, storage))),
      ...[6, 5, 4, 3, 2].map((rows) => mixTile(rows, 2)),
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
