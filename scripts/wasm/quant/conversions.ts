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

/** Four levels' bits out of a word of the file, a byte each. */
function readPart({ word, shift, bits, to, adjacent }: FilePart): string {
  const moved = shift === "0" ? `load<u32>(file + ${word})` : `(load<u32>(file + ${word}) >> ${shift})`;
  // One bit to each byte: copies 7, 14 and 21 places on bring bit t to bit 8t.
  if (adjacent) return left(`(((${moved} & 15) * 0x00204081) & 0x01010101)`, to);
  return bits === 8 ? moved : left(`(${moved} & ${repeat(ones(bits))})`, to);
}

/** The inverse: a word in which only these bits are set. */
function writePart({ word, shift, bits, to, adjacent }: FilePart): string {
  const own = bits === 8 ? "q" : `(${left("q", -to)} & ${repeat(ones(bits))})`;
  const packed = adjacent ? `((${own} * 0x01020408) >> 24)` : own;
  const moved = shift === "0" ? packed : `(${packed} << ${shift})`;
  return `store<u32>(file + ${word}, load<u32>(file + ${word}) | ${moved});`;
}

/** Levels of one row's 32 columns to the planes of its block. */
function packLevels({ planes, file }: PanelFormat): string[] {
  const code = new Code();
  const words = range(8).map((w) => code.let(file(w).map(readPart).join(" | ")));
  if (planes.length === 0)
    words.forEach((q, w) => {
      code.put(`store<u16>(block + (r << 1), <u16>${q}, ${32 * w});`);
      code.put(`store<u16>(block + (r << 1), <u16>(${q} >> 16), ${32 * w + 16});`);
    });
  for (const { bits, at, to } of planes) {
    const capacity = 8 / bits;
    for (const byte of range(bits)) {
      const steps = range(capacity).map((s) => {
        const q = words[capacity * byte + s] as string;
        return left(`(${q} & ${repeat(ones(bits) << to)})`, bits * s - to);
      });
      code.put(`store<u32>(block + (r << 2), ${steps.join(" | ")}, ${at + 32 * byte});`);
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
  `      const file = from + r * rowBytes + b * ${format.fileBytes};`,
  ...indent(6, moveHalves(format, true, "head")),
  ...indent(6, eachSubBlock(format, [...(format.scales?.pack ?? []), ...packLevels(format)])),
  "    }",
  `    head += ${panelBlockBytes(format)};`,
  "  }",
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
