import { Code, indent, range } from "../code.ts";
import { largestLevel, type ByteField, type HalfField, type PanelFormat } from "./panel-format.ts";
import { panelFormats } from "./panel-formats.ts";

/**
 * The tiles of the quantised products: one panel of 8 weight rows × 1, 2 or 4 tokens over a run of blocks, added to what
 * `sums` holds. A panel's rows 0–3 and 4–7 are two vectors that lie side by side and go through the same operations, which
 * is what lets V8 join them to one of 256 bits.
 */

const tokens = [1, 2, 4] as const;
const halves = [0, 1] as const;
type Pair = readonly [string, string];

/** Bytes of one token's record of 32 activations, and where its numbers are; quant.ts describes both. */
const records = { 8: { bytes: 64, scale: 32 }, 16: { bytes: 80, scale: 64 } } as const;
const SUM = 36;
const SCALED_SUM = 44;
const GROUP_SUMS = 48;
const SCALED_GROUP_SUMS = 56;

const pair = (fn: (h: 0 | 1) => string): Pair => [fn(0), fn(1)];

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

const masksOf = ({ planes, bytes }: PanelFormat): number[] => {
  const masks = planes.map(({ bits, to }) => ((1 << bits) - 1) << to);
  if (bytes.some(({ nibble }) => nibble === "low")) masks.push(15);
  return [...new Set(masks)];
};

const shifted = (v: string, left: number): string =>
  left === 0 ? v : left > 0 ? `i16x8.shl(${v}, ${left})` : `i16x8.shr_u(${v}, ${-left})`;

/** Levels of step j: [rows 0–3 | rows 4–7] × 4 columns, a byte each. */
function levels(code: Code, { planes }: PanelFormat, j: number): Pair {
  return pair((h) =>
    planes
      .map(({ bits, at, to }) => {
        const capacity = 8 / bits;
        const bytes = code.let(`v128.load(w, ${at + 32 * Math.floor(j / capacity) + 16 * h})`);
        const mask = `mask${hex(((1 << bits) - 1) << to)}`;
        return code.let(`v128.and(${shifted(bytes, to - bits * (j % capacity))}, ${mask})`);
      })
      .reduce((low, high) => code.let(`v128.or(${low}, ${high})`)),
  );
}

/** What is multiplied in step j: the levels, or both digits of their values. */
function operands(code: Code, format: PanelFormat, j: number): readonly Pair[] {
  const q = levels(code, format, j);
  if (!format.digits) return [q];
  return ["first", "second"].map((table) => pair((h) => code.let(`lookUp(${table}, ${q[h]})`)));
}

/**
 * Σ level·x over the columns of group g as i32, for each token. A sum of 16 bits takes as many dot products as fit: two
 * products of at most 127·largest each.
 */
function integerSums(code: Code, format: PanelFormat, T: number, g: number): readonly Pair[] {
  const steps = format.group / 4;
  const fit = Math.floor(32767 / (2 * 127 * largestLevel(format)));
  const sums = range(T).map((): (Pair | null)[] => [null, null]);
  let chains: (Pair | null)[][] = range(T).map(() => [null, null]);
  const close = (): void => {
    chains.forEach((digits, t) =>
      digits.forEach((chain, d) => {
        if (chain === null) return;
        const before = sums[t]?.[d] ?? null;
        (sums[t] as (Pair | null)[])[d] = pair((h) => {
          const wide = code.let(`i32x4.extadd_pairwise_i16x8_s(${chain[h]})`);
          return before === null ? wide : code.let(`i32x4.add(${before[h]}, ${wide})`);
        });
      }),
    );
    chains = range(T).map(() => [null, null]);
  };
  for (let step = 0; step < steps; step++) {
    const j = steps * g + step;
    const weights = operands(code, format, j);
    for (const t of range(T)) {
      const x = code.let(`v128.load32_splat(x, ${records[8].bytes * t + 4 * j})`);
      weights.forEach((w, d) => {
        const chain = chains[t]?.[d] ?? null;
        (chains[t] as (Pair | null)[])[d] = pair((h) => {
          const product = `dot8(${x}, ${w[h]})`;
          return code.let(chain === null ? product : `i16x8.add(${chain[h]}, ${product})`);
        });
      });
    }
    if ((step + 1) % fit === 0 || step === steps - 1) close();
  }
  return sums.map(([first, second]) => {
    if (!first) throw new Error(`${format.name}: no sums`);
    if (!second) return first;
    return pair((h) => code.let(`i32x4.add(i32x4.add(${first[h]}, i32x4.shl(${first[h]}, 4)), ${second[h]})`));
  });
}

/** offset·Σx of a token's group, as i32 in every lane. */
function offsetSum(code: Code, { offset, group }: PanelFormat, record: number, g: number): string {
  const sum = code.let(`v128.load32_splat(x, ${record + (group === 32 ? SUM : GROUP_SUMS + 4 * g)})`);
  const power = Math.ceil(Math.log2(offset));
  const shift = code.let(`i32x4.shl(${sum}, ${power})`);
  if (2 ** power === offset) return shift;
  if (2 ** power - 1 !== offset) throw new Error(`offset ${offset} is no power of two, nor one below`);
  return code.let(`i32x4.sub(${shift}, ${sum})`);
}

const half = (code: Code, { at }: HalfField): Pair =>
  pair((h) => code.let(`finiteHalves(w, ${at + 8 * h}, fields, rebase)`));

/** Eight small integers as f32. */
function wide(code: Code, { at, signed, nibble }: ByteField, g: number): Pair {
  const sign = signed ? "s" : "u";
  const all = code.let(`v128.load8x8_${sign}(w, ${at + 8 * g})`);
  const v =
    nibble === undefined ? all : code.let(nibble === "low" ? `v128.and(${all}, mask0f)` : `i16x8.shr_u(${all}, 4)`);
  return pair((h) => code.let(`f32x4.convert_i32x4_s(i32x4.extend_${h === 0 ? "low" : "high"}_i16x8_${sign}(${v}))`));
}

const headName = (name: string): Pair => pair((h) => `${name}${h}`);

/** The factor of one name, of the columns of group g: an f16 of the block, or the header's times a small integer. */
function factor(code: Code, format: PanelFormat, name: "d" | "m", g: number): Pair | null {
  const field = format.halves.find((one) => one.name === name);
  if (!field) return null;
  if (format.headBytes === 0) return half(code, field);
  const byte = format.bytes.find((one) => one.name === (name === "d" ? "scale" : "min"));
  if (!byte) throw new Error(`${format.name}: a header's ${name} without its integers`);
  const integers = wide(code, byte, g);
  return pair((h) => code.let(`f32x4.mul(${headName(name)[h]}, ${integers[h]})`));
}

const sumName = (t: number, h: number): string => `f${t}${h}`;

/** sums += d·scale·(Σ level·x − offset·Σx) + m·scale·Σx. A sum and a product each: all builds round alike. */
function addGroup(code: Code, format: PanelFormat, T: number, g: number): void {
  const integers = integerSums(code, format, T, g);
  const d = factor(code, format, "d", g);
  const m = factor(code, format, "m", g);
  if (!d) throw new Error(`${format.name}: no scale`);
  integers.forEach((sums, t) => {
    const record = records[8].bytes * t;
    const scale = code.let(`v128.load32_splat(x, ${record + records[8].scale})`);
    if (m) {
      const at = record + (format.group === 32 ? SCALED_SUM : SCALED_GROUP_SUMS + 4 * g);
      const c = code.let(`v128.load32_splat(x, ${at})`);
      for (const h of halves) code.put(`${sumName(t, h)} = f32x4.add(f32x4.mul(${m[h]}, ${c}), ${sumName(t, h)});`);
    }
    const offset = format.offset === 0 ? null : offsetSum(code, format, record, g);
    for (const h of halves) {
      const whole = offset === null ? sums[h] : `i32x4.sub(${sums[h]}, ${offset})`;
      const product = `f32x4.mul(f32x4.convert_i32x4_s(${whole}), f32x4.mul(${d[h]}, ${scale}))`;
      code.put(`${sumName(t, h)} = f32x4.add(${product}, ${sumName(t, h)});`);
    }
  });
}

/** Whole bytes beside 16-bit activations, two columns a step. */
function addWords(code: Code, format: PanelFormat, T: number): void {
  const { bytes, scale } = records[16];
  const sums: (Pair | null)[] = range(T).map(() => null);
  for (const j of range(16)) {
    const w = pair((h) => code.let(`v128.load8x8_s(w, ${16 * j + 8 * h})`));
    for (const t of range(T)) {
      const x = code.let(`v128.load32_splat(x, ${bytes * t + 4 * j})`);
      const before = sums[t] ?? null;
      sums[t] = pair((h) => {
        const product = `i32x4.dot_i16x8_s(${w[h]}, ${x})`;
        return code.let(before === null ? product : `i32x4.add(${before[h]}, ${product})`);
      });
    }
  }
  const d = factor(code, format, "d", 0) as Pair;
  sums.forEach((all, t) => {
    const s = code.let(`v128.load32_splat(x, ${bytes * t + scale})`);
    for (const h of halves) {
      const product = `f32x4.mul(f32x4.convert_i32x4_s(${(all as Pair)[h]}), f32x4.mul(${d[h]}, ${s}))`;
      code.put(`${sumName(t, h)} = f32x4.add(${product}, ${sumName(t, h)});`);
    }
  });
}

/** Reads the header of 256 columns; what multiplies minima is negative there. */
function readHead({ halves: fields }: PanelFormat): string[] {
  return fields.flatMap(({ name, at }) =>
    halves.map((h) => {
      const value = `finiteHalves(w, ${at + 8 * h}, fields, rebase)`;
      return `const ${name}${h} = ${name === "m" ? `f32x4.neg(${value})` : value};`;
    }),
  );
}

export const tileName = ({ name }: PanelFormat, T: number): string => `${name}x${T}`;

function tile(format: PanelFormat, T: number): string {
  const code = new Code();
  if (format.activation === 16) addWords(code, format, T);
  else for (const g of range(32 / format.group)) addGroup(code, format, T, g);
  const body = [...code.lines, `w += ${format.blockBytes};`, `x += ${records[format.activation].bytes * T};`];
  const loop =
    format.headBytes === 0
      ? ["for (; blocks > 0; blocks--) {", ...indent(2, body), "}"]
      : [
          "while (blocks > 0) {",
          ...indent(2, readHead(format)),
          `  w += ${format.headBytes};`,
          "  const stop = blocks - 8;",
          "  for (; blocks > stop; blocks--) {",
          ...indent(4, body),
          "  }",
          "}",
        ];
  const sums = range(T).flatMap((t) => halves.map((h) => sumName(t, h)));
  return [
    `function ${tileName(format, T)}(w: usize, blocks: i32, x: usize, sums: usize): void {`,
    ...indent(2, [
      ...masksOf(format).map((mask) => `const mask${hex(mask)} = v128.load(MASK_${hex(mask).toUpperCase()});`),
      ...(format.digits ? ["const first = v128.load(FIRST_DIGITS);", "const second = v128.load(SECOND_DIGITS);"] : []),
      "const fields = v128.load(F16_FIELDS);",
      "const rebase = v128.load(F16_REBASE);",
      ...sums.map((name, i) => `let ${name} = v128.load(sums, ${16 * i});`),
      ...loop,
      ...sums.map((name, i) => `v128.store(sums, ${name}, ${16 * i});`),
    ]),
    "}",
  ].join("\n");
}

const dispatch = (): string[] => [
  "/** Adds to `sums` the products of `size` tokens with a panel of the format with this code, over `blocks` blocks. */",
  "export function tile(format: i32, size: i32, w: usize, blocks: i32, x: usize, sums: usize): void {",
  "  switch (format) {",
  ...panelFormats.flatMap((format) => [
    `    case ${format.code}:`,
    ...tokens
      .toReversed()
      .map((T) => `      ${T === 1 ? "" : `if (size === ${T}) `}return ${tileName(format, T)}(w, blocks, x, sums);`),
  ]),
  "    default:",
  "      unreachable();",
  "  }",
  "}",
];

const masks = [...new Set(panelFormats.flatMap(masksOf))];

/** The source of `generated/quant-tiles`. */
export const quantTiles = (): string =>
  [
    "// Integer sums are exact and the blocks of K are added in order, so a token's result does not depend on how many share",
    "// the tile.",
    'import { F16_FIELDS, F16_REBASE, finiteHalves } from "../lanes";',
    'import { dot8, FIRST_DIGITS, lookUp, SECOND_DIGITS } from "../quant-lanes";',
    "",
    ...masks.map(
      (mask) =>
        `const MASK_${hex(mask).toUpperCase()}: usize = memory.data<u8>([${Array(16).fill(mask).join(", ")}], 16);`,
    ),
    "",
    panelFormats.flatMap((format) => tokens.map((T) => tile(format, T))).join("\n\n"),
    "",
    ...dispatch(),
    "",
  ].join("\n");
