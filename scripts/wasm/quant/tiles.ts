import { Code, indent, range } from "../code.ts";
import { loopedSums, loopedWords, loopSteps, spanName } from "./looped-sums.ts";
import { halves, maskName, maskOf, pair, records, type Pair } from "./pairs.ts";
import type { ByteField, HalfField, PanelFormat } from "./panel-format.ts";
import { panelFormats } from "./panel-formats.ts";
import { writtenSums, writtenWords } from "./written-sums.ts";

/**
 * The tiles of the quantised products: one panel of 8 weight rows × 1, 2 or 4 tokens over a run of blocks, added to what
 * `sums` holds.
 */

const tokens = [1, 2, 4] as const;

/** Where a record of 8-bit activations has Σ and scale·Σ of its 32, and of either 16. */
const SUM = 36;
const SCALED_SUM = 44;
const GROUP_SUMS = 48;
const SCALED_GROUP_SUMS = 56;

const masksOf = ({ planes, bytes }: PanelFormat): number[] => [
  ...new Set([
    ...planes.map(({ bits, to }) => maskOf(bits, to)),
    ...(bytes.some(({ nibble }) => nibble === "low") ? [maskOf(4, 0)] : []),
  ]),
];

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
    nibble === undefined
      ? all
      : code.let(nibble === "low" ? `v128.and(${all}, ${maskName(4, 0)})` : `i16x8.shr_u(${all}, 4)`);
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
  const integers = T === 1 ? [writtenSums(code, format, g)] : loopedSums(code, format, T, g);
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

/** sums += d·Σ weight·x of whole bytes. */
function addWords(code: Code, format: PanelFormat, T: number): void {
  const sums = T === 1 ? [writtenWords(code)] : loopedWords(code, T);
  const d = factor(code, format, "d", 0);
  if (!d) throw new Error(`${format.name}: no scale`);
  sums.forEach((all, t) => {
    const scale = code.let(`v128.load32_splat(x, ${records[16].bytes * t + records[16].scale})`);
    for (const h of halves) {
      const product = `f32x4.mul(f32x4.convert_i32x4_s(${all[h]}), f32x4.mul(${d[h]}, ${scale}))`;
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
  if (T > 1) for (const line of ["let q = w;", "let y = x;"]) code.put(line);
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
      ...masksOf(format).map((mask) => `const mask${mask} = v128.load(MASK_${mask});`),
      ...(format.digits ? ["const first = v128.load(FIRST_DIGITS);", "const second = v128.load(SECOND_DIGITS);"] : []),
      ...(T > 1 ? loopSteps.map((steps) => `const ${spanName(steps)} = load<usize>(SPAN_${steps});`) : []),
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
    ...loopSteps.map((steps) => `const SPAN_${steps}: usize = memory.data<u32>([${4 * steps}]);`),
    ...masks.map((mask) => `const MASK_${mask}: usize = memory.data<u8>([${Array(16).fill(mask).join(", ")}], 16);`),
    "",
    panelFormats.flatMap((format) => tokens.map((T) => tile(format, T))).join("\n\n"),
    "",
    ...dispatch(),
    "",
  ].join("\n");
