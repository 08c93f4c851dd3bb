import { Code, indent, range } from "../code.ts";
import { loopedSums, loopedWords, loopSteps, spanName } from "./looped-sums.ts";
import { maskName, maskOf, records, rowVectors, type TileShape } from "./row-vectors.ts";
import { withValues, type ByteField, type HalfField, type PanelFormat } from "./panel-format.ts";
import { panelFormats } from "./panel-formats.ts";
import { writtenSums, writtenWords } from "./written-sums.ts";

/**
 * The tiles of the quantised products: one panel of 8 weight rows × 1, 2 or 4 tokens over a run of blocks, added to what
 * `sums` holds.
 */

const tokens = [4, 2, 1] as const;
/** Two panels at a time have registers enough only where two vectors are one of 256 bits. */
const twinTokens = [4, 1] as const;

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

type Values = readonly string[];

const half = (code: Code, { at }: HalfField, { rows }: TileShape): Values =>
  rows.map(({ h, panel }) => code.let(`finiteHalves(w${panel}, ${at + 8 * h}, fields, rebase)`));

/** Eight small integers of each panel as f32. */
function wide(code: Code, { at, signed, nibble }: ByteField, { rows }: TileShape, g: number): Values {
  const sign = signed ? "s" : "u";
  return rows.map(({ h, panel }) => {
    const all = code.let(`v128.load8x8_${sign}(w${panel}, ${at + 8 * g})`);
    const v =
      nibble === undefined
        ? all
        : code.let(nibble === "low" ? `v128.and(${all}, ${maskName(4, 0)})` : `i16x8.shr_u(${all}, 4)`);
    return code.let(`f32x4.convert_i32x4_s(i32x4.extend_${h === 0 ? "low" : "high"}_i16x8_${sign}(${v}))`);
  });
}

const headName = (name: string, i: number): string => `${name}${i}`;

/** The factor of one name, of the columns of group g: an f16 of the block, or the header's times a small integer. */
function factor(code: Code, format: PanelFormat, shape: TileShape, name: "d" | "m", g: number): Values | null {
  const field = format.halves.find((one) => one.name === name);
  if (!field) return null;
  if (format.headBytes === 0) return half(code, field, shape);
  const byte = format.bytes.find((one) => one.name === (name === "d" ? "scale" : "min"));
  if (!byte) throw new Error(`${format.name}: a header's ${name} without its integers`);
  return wide(code, byte, shape, g).map((integers, i) => code.let(`f32x4.mul(${headName(name, i)}, ${integers})`));
}

const sumName = (t: number, i: number): string => `f${t}${i}`;

/** sums += whole·d·scale: a product and a sum, so that all builds round alike. */
function addScaled(code: Code, t: number, whole: Values, d: Values | null, scale: string): void {
  whole.forEach((integers, i) => {
    const product = `f32x4.mul(f32x4.convert_i32x4_s(${integers}), f32x4.mul(${d?.[i] ?? ""}, ${scale}))`;
    code.put(`${sumName(t, i)} = f32x4.add(${product}, ${sumName(t, i)});`);
  });
}

/** sums += d·scale·(Σ level·x − offset·Σx) + m·scale·Σx. */
function addGroup(code: Code, format: PanelFormat, shape: TileShape, g: number): void {
  const integers = shape.tokens === 1 ? [writtenSums(code, format, shape, g)] : loopedSums(code, format, shape, g);
  const d = factor(code, format, shape, "d", g);
  const m = factor(code, format, shape, "m", g);
  integers.forEach((sums, t) => {
    const record = records[8].bytes * t;
    const scale = code.let(`v128.load32_splat(x, ${record + records[8].scale})`);
    if (m) {
      const at = record + (format.group === 32 ? SCALED_SUM : SCALED_GROUP_SUMS + 4 * g);
      const c = code.let(`v128.load32_splat(x, ${at})`);
      m.forEach((min, i) => {
        code.put(`${sumName(t, i)} = f32x4.add(f32x4.mul(${min}, ${c}), ${sumName(t, i)});`);
      });
    }
    const offset = format.offset === 0 ? null : offsetSum(code, format, record, g);
    const whole = offset === null ? sums : sums.map((sum) => `i32x4.sub(${sum}, ${offset})`);
    addScaled(code, t, whole, d, scale);
  });
}

/** sums += d·Σ weight·x of whole bytes. */
function addWords(code: Code, format: PanelFormat, shape: TileShape): void {
  const sums = shape.tokens === 1 ? [writtenWords(code, shape)] : loopedWords(code, shape);
  const d = factor(code, format, shape, "d", 0);
  sums.forEach((all, t) => {
    const scale = code.let(`v128.load32_splat(x, ${records[16].bytes * t + records[16].scale})`);
    addScaled(code, t, all, d, scale);
  });
}

/** Reads the header of 256 columns; what multiplies minima is negative there. */
function readHead({ halves }: PanelFormat, { rows }: TileShape): string[] {
  return halves.flatMap(({ name, at }) =>
    rows.map(({ h, panel, i }) => {
      const value = `finiteHalves(w${panel}, ${at + 8 * h}, fields, rebase)`;
      return `const ${headName(name, i)} = ${name === "m" ? `f32x4.neg(${value})` : value};`;
    }),
  );
}

const tileName = ({ name }: PanelFormat, tokens: number, panels: 1 | 2): string =>
  `${name}x${tokens}${panels === 2 ? "x2" : ""}`;

/** `w2` and `sums2` are those of the second panel, where there is one. */
const parameters = (panels: 1 | 2): string =>
  panels === 1
    ? "w: usize, blocks: i32, x: usize, sums: usize"
    : "w: usize, w2: usize, blocks: i32, x: usize, sums: usize, sums2: usize";

/** A statement for the panel, and one for the second where there is one. */
type ForPanels = (statement: (panel: string) => string) => string[];

/** The loop over the blocks. */
function blockLoop(format: PanelFormat, shape: TileShape, both: ForPanels): string[] {
  const { tokens } = shape;
  const code = new Code();
  const from = shape.spread ? "e" : "w";
  if (tokens > 1) for (const line of ["let y = x;", ...both((n) => `let q${n} = ${from}${n};`)]) code.put(line);
  if (format.activation === 16) addWords(code, format, shape);
  else for (const g of range(32 / format.group)) addGroup(code, format, shape, g);
  const body = [
    ...code.lines,
    ...both((n) => `w${n} += ${format.blockBytes};`),
    ...(shape.spread ? ["e += 512;"] : []),
    `x += ${records[format.activation].bytes * tokens};`,
  ];
  if (format.headBytes === 0) return ["for (; blocks > 0; blocks--) {", ...indent(2, body), "}"];
  return [
    "while (blocks > 0) {",
    ...indent(2, [...readHead(format, shape), ...both((n) => `w${n} += ${format.headBytes};`)]),
    "  const stop = blocks - 8;",
    "  for (; blocks > stop; blocks--) {",
    ...indent(4, body),
    "  }",
    "}",
  ];
}

function tile(format: PanelFormat, tokens: number, panels: 1 | 2): string {
  const shape: TileShape = { tokens, rows: rowVectors(panels) };
  const both: ForPanels = (statement) => (panels === 1 ? [""] : ["", "2"]).map(statement);
  const sums = range(tokens).flatMap((t) =>
    shape.rows.map(({ h, panel, i }) => ({ name: sumName(t, i), at: `sums${panel}, ${32 * t + 16 * h}` })),
  );
  return [
    `function ${tileName(format, tokens, panels)}(${parameters(panels)}): void {`,
    ...indent(2, [
      ...masksOf(format).map((mask) => `const mask${mask} = v128.load(MASK_${mask});`),
      ...(tokens > 1 ? loopSteps.map((steps) => `const ${spanName(steps)} = load<usize>(SPAN_${steps});`) : []),
      "const fields = v128.load(F16_FIELDS);",
      "const rebase = v128.load(F16_REBASE);",
      ...sums.map(({ name, at }) => `let ${name} = v128.load(${at});`),
      ...(format.digits
        ? [
            "if (ASC_FEATURE_RELAXED_SIMD) {",
            "  const first = v128.load(FIRST_DIGITS);",
            "  const second = v128.load(SECOND_DIGITS);",
            ...indent(2, blockLoop(format, shape, both)),
            "} else {",
            "  const values = v128.load(LEVELS);",
            ...indent(2, blockLoop(withValues(format), shape, both)),
            "}",
          ]
        : blockLoop(format, shape, both)),
      ...sums.map(({ name, at }) => `v128.store(${at.replace(", ", `, ${name}, `)});`),
    ]),
    "}",
  ].join("\n");
}

const digitFormats = panelFormats.filter(({ digits }) => digits);

/** Looks up both digits of all levels of `blocks` blocks, for many tiles. */
function spreadFunction(format: PanelFormat): string[] {
  const code = new Code();
  for (const p of range(4))
    for (const h of [0, 1]) {
      const v = code.let(`v128.load(w, ${32 * p + 16 * h})`);
      [`v128.and(${v}, mask15)`, `v128.and(i16x8.shr_u(${v}, 4), mask15)`].forEach((level, step) => {
        ["first", "second"].forEach((table, d) => {
          code.put(`v128.store(e, lookUp(${table}, ${code.let(level)}), ${128 * p + 64 * step + 32 * d + 16 * h});`);
        });
      });
    }
  return [
    `function spread_${format.name}(w: usize, blocks: i32, e: usize): void {`,
    ...indent(2, [
      "const mask15 = v128.load(MASK_15);",
      "const first = v128.load(FIRST_DIGITS);",
      "const second = v128.load(SECOND_DIGITS);",
      "for (let b = 0; b < blocks; b++) {",
      ...(format.headBytes === 0 ? [] : [`  if ((b & 7) === 0) w += ${format.headBytes};`]),
      ...indent(2, code.lines),
      `  w += ${format.blockBytes};`,
      "  e += 512;",
      "}",
    ]),
    "}",
  ];
}

/** The tile of four tokens over digits that `spread` has looked up; `w` is still where the scales are. */
function spreadTile(format: PanelFormat): string[] {
  const shape: TileShape = { tokens: 4, rows: rowVectors(1), spread: true };
  const sums = range(4).flatMap((t) => shape.rows.map(({ h, i }) => ({ name: sumName(t, i), at: 32 * t + 16 * h })));
  return [
    `function spreadTile_${format.name}(w: usize, e: usize, blocks: i32, x: usize, sums: usize): void {`,
    ...indent(2, [
      ...loopSteps.map((steps) => `const ${spanName(steps)} = load<usize>(SPAN_${steps});`),
      "const fields = v128.load(F16_FIELDS);",
      "const rebase = v128.load(F16_REBASE);",
      ...sums.map(({ name, at }) => `let ${name} = v128.load(sums, ${at});`),
      ...blockLoop(format, shape, (statement) => [statement("")]),
      ...sums.map(({ name, at }) => `v128.store(sums, ${name}, ${at});`),
    ]),
    "}",
  ];
}

const spreadDispatch = (name: string, parameters: string, passed: string): string[] => [
  `export function ${name}(format: i32, ${parameters}): void {`,
  ...digitFormats.map((format) => `  if (format === ${format.code}) return ${name}_${format.name}(${passed});`),
  "  unreachable();",
  "}",
];

/** Adds to `sums` the products of `size` tokens with panels of the format with this code, over `blocks` blocks. */
const dispatch = (name: string, panels: 1 | 2, sizes: readonly number[]): string[] => {
  const passed = panels === 1 ? "w, blocks, x, sums" : "w, w2, blocks, x, sums, sums2";
  return [
    `export function ${name}(format: i32, size: i32, ${parameters(panels)}): void {`,
    "  switch (format) {",
    ...panelFormats.flatMap((format) => [
      `    case ${format.code}:`,
      ...sizes.map((size, i) => {
        const last = i === sizes.length - 1;
        return `      ${last ? "" : `if (size === ${size}) `}return ${tileName(format, size, panels)}(${passed});`;
      }),
    ]),
    "    default:",
    "      unreachable();",
    "  }",
    "}",
  ];
};

const masks = [...new Set(panelFormats.flatMap(masksOf))];

/** The source of `generated/quant-tiles`. */
export const quantTiles = (): string =>
  [
    "// Integer sums are exact and the blocks of K are added in order, so a token's result does not depend on how many share",
    "// the tile.",
    'import { F16_FIELDS, F16_REBASE, finiteHalves } from "../lanes";',
    'import { dot8, dotValues, FIRST_DIGITS, lookUp, SECOND_DIGITS } from "../quant-lanes";',
    'import { LEVELS } from "../quant-scales";',
    "",
    ...loopSteps.map((steps) => `const SPAN_${steps}: usize = memory.data<u32>([${4 * steps}]);`),
    ...masks.map((mask) => `const MASK_${mask}: usize = memory.data<u8>([${Array(16).fill(mask).join(", ")}], 16);`),
    "",
    panelFormats
      .flatMap((format) => [...tokens.map((T) => tile(format, T, 1)), ...twinTokens.map((T) => tile(format, T, 2))])
      .join("\n\n"),
    "",
    ...dispatch("tile", 1, tokens),
    ...dispatch("twinTile", 2, twinTokens),
    "",
    ...digitFormats.flatMap((format) => [...spreadFunction(format), "", ...spreadTile(format), ""]),
    "/** Whether products of a format are of digits, which many tiles can share. */",
    "export function hasDigits(format: i32): bool {",
    `  return ${digitFormats.map(({ code }) => `format === ${code}`).join(" || ")};`,
    "}",
    "",
    ...spreadDispatch("spread", "w: usize, blocks: i32, e: usize", "w, blocks, e"),
    "",
    ...spreadDispatch("spreadTile", "w: usize, e: usize, blocks: i32, x: usize, sums: usize", "w, e, blocks, x, sums"),
    "",
  ].join("\n");
