import { Code, indent, range } from "../code.ts";
import type { FilePart, PanelFormat } from "./panel-format.ts";
import { panelFormats } from "./panel-formats.ts";

/**
 * Blocks as files hold them ↔ panels, a format's functions from its description: `pack` for the rows of a panel, `unpack`
 * and `dequantize` for one row. They only move bits, so unpacking gives back what was packed.
 */

const repeat = (byte: number): string => `0x${byte.toString(16).padStart(2, "0").repeat(4)}`;
const ones = (bits: number): number => (1 << bits) - 1;

const left = (v: string, by: number): string => (by === 0 ? v : by > 0 ? `(${v} << ${by})` : `(${v} >> ${-by})`);

const splat = (value: string | number): string => `i32x4.splat(${value})`;

/** As `left`, of four rows at once. */
const leftInLanes = (v: string, by: number): string =>
  by === 0 ? v : by > 0 ? `i32x4.shl(${v}, ${by})` : `i32x4.shr_u(${v}, ${-by})`;

/** Four levels' bits out of a word of the file, a byte each, for four rows at once: a lane is a row. */
function readPart(code: Code, { word, shift, bits, to, adjacent }: FilePart): string {
  const words = code.let(`fourWords(file0, file1, file2, file3, ${word})`);
  const moved = shift === "0" ? words : code.let(`i32x4.shr_u(${words}, ${shift})`);
  // One bit to each byte: copies 7, 14 and 21 places on bring bit t to bit 8t.
  if (adjacent) {
    const copies = `i32x4.mul(v128.and(${moved}, ${splat(15)}), ${splat("0x00204081")})`;
    return code.let(leftInLanes(`v128.and(${copies}, ${splat("0x01010101")})`, to));
  }
  return code.let(leftInLanes(`v128.and(${moved}, ${splat(repeat(ones(bits)))})`, to));
}

/** The inverse: a word in which only these bits are set. */
function writePart({ word, shift, bits, to, adjacent }: FilePart): string {
  const own = bits === 8 ? "q" : `(${left("q", -to)} & ${repeat(ones(bits))})`;
  const packed = adjacent ? `((${own} * 0x01020408) >> 24)` : own;
  const moved = shift === "0" ? packed : `(${packed} << ${shift})`;
  return `store<u32>(file + ${word}, load<u32>(file + ${word}) | ${moved});`;
}

/** Whole bytes of one row's 32 columns to its block. */
function packBytes({ file }: PanelFormat): string[] {
  return range(8).flatMap((w) => {
    const [{ word } = { word: "" }] = file(w);
    return [
      `store<u16>(block + (r << 1), load<u16>(file + ${word}), ${32 * w});`,
      `store<u16>(block + (r << 1), load<u16>(file + ${word}, 2), ${32 * w + 16});`,
    ];
  });
}

/** Levels of four rows' 32 columns to the planes of their block; rows beyond the last one give zeros. */
function packLevels({ planes, file }: PanelFormat): string[] {
  const code = new Code();
  const words = range(8).map((w) =>
    file(w)
      .map((part) => readPart(code, part))
      .reduce((q, part) => code.let(`v128.or(${q}, ${part})`)),
  );
  for (const { bits, at, to } of planes) {
    const capacity = 8 / bits;
    for (const byte of range(bits)) {
      const steps = range(capacity).map((s) => {
        const q = words[capacity * byte + s] as string;
        // Levels of one plane hold nothing else.
        const own = planes.length === 1 ? q : `v128.and(${q}, ${splat(repeat(ones(bits) << to))})`;
        return leftInLanes(own, bits * s - to);
      });
      const all = steps.reduce((sum, step) => `v128.or(${sum}, ${step})`);
      code.put(`v128.store(block + (first << 2), v128.and(${all}, kept), ${at + 32 * byte});`);
    }
  }
  return code.lines;
}

/** The four levels of word w of a row, out of its block. */
function levelsAt({ planes }: PanelFormat): string {
  if (planes.length === 0)
    return "<u32>load<u16>(block + (w << 5) + (r << 1)) | (<u32>load<u16>(block + (w << 5) + (r << 1), 16) << 16)";
  return planes
    .map(({ bits, at, to }) => {
      const capacity = 8 / bits;
      const byte = bits === 1 ? "" : ` + ((w / ${capacity}) << 5)`;
      const word = `load<u32>(block + (r << 2)${byte}, ${at})`;
      return left(`((${word} >> (<u32>(w % ${capacity}) * ${bits})) & ${repeat(ones(bits))})`, to);
    })
    .join(" | ");
}

const moveHalves = ({ halves }: PanelFormat, pack: boolean, place: string): string[] =>
  halves.map(({ at, file }) =>
    pack
      ? `store<u16>(${place} + (r << 1), load<u16>(file, ${file}), ${at});`
      : `store<u16>(file, load<u16>(${place} + (r << 1), ${at}), ${file});`,
  );

/** Goes through the blocks of 32 of one block of the file, at `head`. */
const eachSubBlock = ({ subBlocks, headBytes, blockBytes }: PanelFormat, body: readonly string[]): string[] =>
  subBlocks === 1
    ? ["const block = head;", ...body]
    : [
        `for (let s: usize = 0; s < 8; s++) {`,
        `  const block = head + ${headBytes} + s * ${blockBytes};`,
        ...indent(2, body),
        "}",
      ];

export const panelBlockBytes = ({ subBlocks, headBytes, blockBytes }: PanelFormat): number =>
  headBytes + subBlocks * blockBytes;

/** `rows` rows of `blocks` blocks each, `rowBytes` apart, to the panel at `head`. */
const pack = (format: PanelFormat): string[] => [
  `function pack_${format.name}(head: usize, from: usize, rowBytes: usize, rows: usize, blocks: usize): void {`,
  "  for (let b: usize = 0; b < blocks; b++) {",
  "    for (let r: usize = 0; r < rows; r++) {",
  "      const file = from + r * rowBytes;",
  ...indent(6, moveHalves(format, true, "head")),
  ...indent(6, perRow(format)),
  "    }",
  ...(inPlanes(format) ? indent(4, packFourRows(format)) : []),
  `    head += ${panelBlockBytes(format)};`,
  `    from += ${format.fileBytes};`,
  "  }",
  "}",
];

/** What is packed row by row: scales, and levels that are whole bytes. */
function perRow(format: PanelFormat): string[] {
  const body = [...(format.scales?.pack ?? []), ...(inPlanes(format) ? [] : packBytes(format))];
  return body.length === 0 ? [] : eachSubBlock(format, body);
}

const inPlanes = ({ planes }: PanelFormat): boolean => planes.length > 0;

const packFourRows = (format: PanelFormat): string[] => [
  "for (let first: usize = 0; first < rows; first += 4) {",
  "  const kept = i32x4.gt_s(i32x4.splat(<i32>(rows - first)), i32x4(0, 1, 2, 3));",
  // A row that is not there is read as the last one, and not kept.
  ...range(4).map((i) => `  const file${i} = from + min(first + ${i}, rows - 1) * rowBytes;`),
  ...indent(2, eachSubBlock(format, packLevels(format))),
  "}",
];

/** Row r of the panel at `head` to `blocks` blocks at `file`. */
const unpack = (format: PanelFormat): string[] => [
  `function unpack_${format.name}(head: usize, r: usize, file: usize, blocks: usize): void {`,
  "  for (let b: usize = 0; b < blocks; b++) {",
  `    memory.fill(file, 0, ${format.fileBytes});`,
  ...indent(4, moveHalves(format, false, "head")),
  ...indent(
    4,
    eachSubBlock(format, [
      ...(format.scales?.unpack ?? []),
      ...range(8).flatMap((w) => [
        "{",
        `  const w: usize = ${w};`,
        `  const q = ${levelsAt(format)};`,
        ...indent(2, format.file(w).map(writePart)),
        "}",
      ]),
    ]),
  ),
  `    head += ${panelBlockBytes(format)};`,
  `    file += ${format.fileBytes};`,
  "  }",
  "}",
];

function byteValue({ bytes }: PanelFormat, name: "scale" | "min"): string {
  const field = bytes.find((one) => one.name === name);
  if (!field) return "";
  const type = field.signed ? "i8" : "u8";
  const byte = `load<${type}>(block + r + (g << 3), ${field.at})`;
  return field.nibble === undefined ? byte : field.nibble === "low" ? `(${byte} & 15)` : `(${byte} >> 4)`;
}

/** Row r of the panel at `head` as f32, with the roundings of the format's definition. */
function dequantize(format: PanelFormat): string[] {
  const { name, halves, headBytes, group, offset, digits, planes } = format;
  const half = (field: string): string | null => {
    const found = halves.find((one) => one.name === field);
    return found ? `halfAt(head + (r << 1) + ${found.at})` : null;
  };
  const [d, m] = [half("d") as string, half("m")];
  const k = headBytes > 0;
  const level =
    planes.length === 0
      ? "<i32>((q >> (t << 3)) << 24) >> 24"
      : digits
        ? "<i32>load<i8>(LEVELS + ((q >> (t << 3)) & 255))"
        : `<i32>((q >> (t << 3)) & 255)${offset === 0 ? "" : ` - ${offset}`}`;
  const value = `scale * <f32>(${level})`;
  return [
    `function dequantize_${name}(head: usize, r: usize, out: usize, blocks: usize): void {`,
    "  for (let b: usize = 0; b < blocks; b++) {",
    `    const d = ${d};`,
    ...(m ? [`    const m = ${m};`] : []),
    ...indent(
      4,
      eachSubBlock(format, [
        `for (let g: usize = 0; g < ${32 / group}; g++) {`,
        `  const scale = d${k ? ` * <f32>${byteValue(format, "scale")}` : ""};`,
        ...(m ? [`  const min = m${k ? ` * <f32>${byteValue(format, "min")}` : ""};`] : []),
        `  for (let w: usize = g * ${group / 4}; w < (g + 1) * ${group / 4}; w++) {`,
        `    const q: u32 = ${levelsAt(format)};`,
        "    for (let t: u32 = 0; t < 4; t++) {",
        `      store<f32>(out, ${m ? `${value} ${k ? "-" : "+"} min` : value});`,
        "      out += 4;",
        "    }",
        "  }",
        "}",
      ]),
    ),
    `    head += ${panelBlockBytes(format)};`,
    "  }",
    "}",
  ];
}

const dispatch = (name: string, parameters: string, passed: string): string[] => [
  `export function ${name}(format: i32, ${parameters}): void {`,
  "  switch (format) {",
  ...panelFormats.flatMap((format) => [`    case ${format.code}:`, `      return ${name}_${format.name}(${passed});`]),
  "    default:",
  "      unreachable();",
  "  }",
  "}",
];

/** The source of `generated/quant-conversions`. */
export const quantConversions = (): string =>
  [
    "import {",
    "  halfAt, LEVELS, putSixBits, putSplitScale, putStripedScale, sixBitMin, sixBitScale, splitScale, stripedScale,",
    '} from "../quant-scales";',
    'import { fourWords } from "../lanes";',
    "",
    ...panelFormats.flatMap((format) => [...pack(format), "", ...unpack(format), "", ...dequantize(format), ""]),
    ...dispatch(
      "pack",
      "head: usize, from: usize, rowBytes: usize, rows: usize, blocks: usize",
      "head, from, rowBytes, rows, blocks",
    ),
    "",
    ...dispatch("unpack", "head: usize, r: usize, file: usize, blocks: usize", "head, r, file, blocks"),
    "",
    ...dispatch("dequantize", "head: usize, r: usize, out: usize, blocks: usize", "head, r, out, blocks"),
    "",
  ].join("\n");
