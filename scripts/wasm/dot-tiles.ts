import { indent, range } from "./code.ts";

/** AssemblyScript has no macros: the register tiles of the dot products are written out by this script. */

/**
 * How a tile adds a product. Attention rounds it first in every build: what it gives is quantised to 8 bits, where one last
 * place decides between two levels and models come to differ by tenths of a logit.
 */
const sumOf = { dot: "madd", score: "addProduct" } as const;
type Purpose = keyof typeof sumOf;

/**
 * `rows` packed activations × `columns` rows as stored. Sums of neighbouring rows lie side by side, as their activations
 * do, so that V8 can join two of them. `dot` goes on with what `sums` holds, `score` begins with zeros.
 */
function packedTile(rows: number, columns: number, purpose: Purpose): string {
  const sums = range(columns).flatMap((n) => range(rows).map((m) => `s${m}${n}`));
  const isScore = purpose === "score";
  const lanes = (at: string): string => (isScore ? `storedLanes<T>(${at}, fields)` : `loadLanes<T>(${at})`);
  const step = [
    ...range(columns).map((n) => `const w${n} = ${lanes(`b${n}`)};`),
    ...range(columns).map((n) => `b${n} += 4 * sizeof<T>();`),
    ...range(rows).flatMap((m) => [
      `const x${m} = v128.load(a, ${16 * m});`,
      ...range(columns).map((n) => `s${m}${n} = ${sumOf[purpose]}(x${m}, w${n}, s${m}${n});`),
    ]),
    `a += ${16 * rows};`,
  ];
  return [
    `/** ${rows} × ${columns}: a is packed [k/4][${rows}][4] and ends at \`end\`; row n of b starts at b + n·stride; sums [n][m]. */`,
    `export function ${purpose}${rows}x${columns}<T>(a: usize, end: usize, b: usize, stride: usize, sums: usize): void {`,
    ...indent(2, [
      ...(isScore ? ["const fields = fieldsOf<T>();"] : []),
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...sums.map((name, i) => `let ${name} = ${purpose === "dot" ? `v128.load(sums, ${16 * i})` : "f32x4.splat(0)"};`),
      "while (a < end) {",
      ...indent(2, step),
      "}",
      ...sums.map((name, i) => `v128.store(sums, ${name}, ${16 * i});`),
    ]),
    "}",
  ].join("\n");
}

/** What is stored, by the suffix of its tiles: bytes of an element, and four of them as f32. */
const storages = {
  F32: { bytes: 4, lanes: (at: string, offset: number) => `v128.load(${at}, ${offset})` },
  Bf16: { bytes: 2, lanes: (at: string, offset: number) => `i32x4.shl(v128.load16x4_u(${at}, ${offset}), 16)` },
  F16: { bytes: 2, lanes: (at: string, offset: number) => `f16Lanes(v128.load16x4_s(${at}, ${offset}))` },
  /** Neither infinities nor NaN: a third of the instructions. */
  FiniteF16: { bytes: 2, lanes: (at: string, offset: number) => `finiteHalves(${at}, ${offset}, fields, rebase)` },
  /** As `storedLanes`. */
  StoredF16: { bytes: 2, lanes: (at: string, offset: number) => `storedLanes<i16>(${at} + ${offset}, fields)` },
} as const;
type Storage = keyof typeof storages;

const constants = (storage: Storage): string[] => [
  ...(storage === "FiniteF16" || storage === "StoredF16" ? ["const fields = v128.load(F16_FIELDS);"] : []),
  ...(storage === "FiniteF16" ? ["const rebase = v128.load(F16_REBASE);"] : []),
];

/**
 * One activation row × `columns` weight rows as stored; two vectors a turn. Short rows are streams that the processor's
 * prefetching loses at every end; so each turn of eight rows can also touch as many bytes of what comes next.
 */
function rowTile(columns: number, storage: Storage, purpose: Purpose): string {
  const { bytes, lanes } = storages[storage];
  const touches = columns === 8 && bytes === 2 && purpose === "dot";
  const lines = (columns * 8 * bytes) / 64;
  const body = (vectors: number): string[] => [
    ...range(vectors).map((v) => `const x${v} = v128.load(a, ${16 * v});`),
    ...range(columns).flatMap((n) =>
      range(vectors).map((v) => `s${n} = ${sumOf[purpose]}(x${v}, ${lanes(`b${n}`, 4 * bytes * v)}, s${n});`),
    ),
    ...(touches && vectors === 2
      ? [...range(lines).map((line) => `seen ^= load<i32>(next, ${64 * line});`), "next += hop;"]
      : []),
    `a += ${16 * vectors};`,
    ...range(columns).map((n) => `b${n} += ${4 * bytes * vectors};`),
  ];
  return [
    `/** 1 × ${columns}: a is \`count\` vectors of f32, row n of b starts at b + n·stride. Writes ${columns} vectors${touches ? "; every turn touches ${64 * lines} bytes at \`next\` and moves it by \`hop\`" : ""}. */`,
    `export function ${purpose}Row${columns}${storage}(a: usize, count: i32, b: usize, stride: usize, sums: usize${touches ? ", next: usize, hop: usize" : ""}): void {`,
    ...indent(2, [
      ...constants(storage),
      ...(touches ? ["let seen: i32 = 0;"] : []),
      ...range(columns).map((n) => `let b${n} = b${n === 0 ? "" : ` + ${n} * stride`};`),
      ...range(columns).map((n) => `let s${n} = f32x4.splat(0);`),
      "for (; count >= 2; count -= 2) {",
      ...indent(2, body(2)),
      "}",
      "if (count > 0) {",
      ...indent(2, body(1)),
      "}",
      ...range(columns).map((n) => `v128.store(sums, s${n}, ${16 * n});`),
      ...(touches ? [`store<i32>(sums, seen, ${16 * columns});`] : []),
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

/** Tiles of `linear` and attention: a sum of products adds k in steps of four lanes, then the lanes. */
export const dotTiles = (): string =>
  [
    "// Every sum of products adds k in steps of four lanes, so that all of these give one output the same bits.",
    "import {",
    "  addProduct, F16_FIELDS, F16_REBASE, f16Lanes, fieldsOf, finiteHalves, loadLanes, madd, storedLanes,",
    '} from "../lanes";',
    "",
    [
      packedTile(6, 2, "dot"),
      packedTile(5, 2, "dot"),
      packedTile(4, 2, "dot"),
      packedTile(1, 2, "dot"),
      ...[6, 5, 4, 3, 2].map((rows) => packedTile(rows, 2, "score")),
      ...(["F32", "Bf16", "F16", "FiniteF16"] as const).flatMap((storage) =>
        [8, 4, 1].map((rows) => rowTile(rows, storage, "dot")),
      ),
      ...(["F32", "Bf16", "StoredF16"] as const).flatMap((storage) =>
        [4, 1].map((rows) => rowTile(rows, storage, "score")),
      ),
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
