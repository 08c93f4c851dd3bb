import type { ByteField, FilePart, PanelFormat, Plane } from "./panel-format.ts";

const nibblePlane: Plane = { bits: 4, at: 0, to: 0 };

/** Low nibbles of 16 bytes are columns 0 … 15, high ones the others. */
const splitNibbles =
  (at: string) =>
  (w: number): FilePart => ({ word: `${at} + ${4 * (w % 4)}`, shift: w < 4 ? "0" : "4", bits: 4, to: 0 });

/** Of 32 bytes the low nibbles are an even sub-block, the high ones the next. */
const pairedNibbles =
  (at: number) =>
  (w: number): FilePart => ({
    word: `${at} + ((s >> 1) << 5) + ${4 * w}`,
    shift: "<u32>((s & 1) << 2)",
    bits: 4,
    to: 0,
  });

/** Two bits of four sub-blocks in 32 bytes, `stride` further on for the next four. */
const quarters =
  (at: number, to: number) =>
  (w: number): FilePart => ({ word: `${at} + ((s >> 2) << 5) + ${4 * w}`, shift: "<u32>((s & 3) << 1)", bits: 2, to });

/** A bit of each of the 32 columns, in the order of the columns. */
const adjacentBits =
  (at: number) =>
  (w: number): FilePart => ({ word: `${at}`, shift: `${4 * w}`, bits: 1, to: 4, adjacent: true });

/** Bit s of 32 bytes. */
const bitOfBlock =
  (at: number, to: number) =>
  (w: number): FilePart => ({ word: `${at} + ${4 * w}`, shift: "<u32>s", bits: 1, to });

const parts =
  (...all: readonly ((w: number) => FilePart)[]) =>
  (w: number): readonly FilePart[] =>
    all.map((part) => part(w));

const scaleAndMin = (at: number): readonly ByteField[] => [
  { name: "scale", at, signed: false },
  { name: "min", at: at + 8, signed: false },
];

/** The 12 bytes of six-bit scales and minima at byte 4 of q4_K and q5_K. */
const sixBitScales = (at: number): NonNullable<PanelFormat["scales"]> => ({
  pack: [
    `store<u8>(block + r, sixBitScale(file + 4, s), ${at});`,
    `store<u8>(block + r, sixBitMin(file + 4, s), ${at + 8});`,
  ],
  unpack: [`putSixBits(file + 4, s, load<u8>(block + r, ${at}), load<u8>(block + r, ${at + 8}));`],
});

const groups = (statement: (g: number) => string): readonly string[] => [0, 1].map(statement);

const simple = { subBlocks: 1, headBytes: 0, activation: 8, group: 32, bytes: [], offset: 0 } as const;
const kQuant = { subBlocks: 8, activation: 8, offset: 0 } as const;

/** The formats with panels, by code; src/backends/wasm/quant-layout.ts says the same of codes and sizes. */
export const panelFormats: readonly PanelFormat[] = [
  {
    ...simple,
    ...{ name: "q4_0", code: 0, fileBytes: 18, blockBytes: 144, offset: 8 },
    file: parts(splitNibbles("2")),
    planes: [nibblePlane],
    halves: [{ name: "d", at: 128, file: 0 }],
  },
  {
    ...simple,
    ...{ name: "q4_1", code: 1, fileBytes: 20, blockBytes: 160 },
    file: parts(splitNibbles("4")),
    planes: [nibblePlane],
    halves: [
      { name: "d", at: 128, file: 0 },
      { name: "m", at: 144, file: 2 },
    ],
  },
  {
    ...kQuant,
    ...{ name: "q4_K", code: 2, fileBytes: 144, headBytes: 32, blockBytes: 144, group: 32 },
    file: parts(pairedNibbles(16)),
    planes: [nibblePlane],
    halves: [
      { name: "d", at: 0, file: 0 },
      { name: "m", at: 16, file: 2 },
    ],
    bytes: scaleAndMin(128),
    scales: sixBitScales(128),
  },
  {
    ...kQuant,
    ...{ name: "q6_K", code: 3, fileBytes: 210, headBytes: 16, blockBytes: 208, group: 16, offset: 32 },
    file: (w) => [
      { word: `((s >> 2) << 6) + ((s & 1) << 5) + ${4 * w}`, shift: "<u32>((s & 2) << 1)", bits: 4, to: 0 },
      quarters(128, 4)(w),
    ],
    planes: [nibblePlane, { bits: 2, at: 128, to: 4 }],
    halves: [{ name: "d", at: 0, file: 208 }],
    bytes: [{ name: "scale", at: 192, signed: true }],
    scales: {
      pack: groups((g) => `store<u8>(block + r, load<u8>(file + 2 * s, ${192 + g}), ${192 + 8 * g});`),
      unpack: groups((g) => `store<u8>(file + 2 * s, load<u8>(block + r, ${192 + 8 * g}), ${192 + g});`),
    },
  },
  {
    ...simple,
    ...{ name: "q8_0", code: 4, fileBytes: 34, blockBytes: 272, activation: 16 },
    file: (w) => [{ word: `2 + ${4 * w}`, shift: "0", bits: 8, to: 0 }],
    planes: [],
    halves: [{ name: "d", at: 256, file: 0 }],
  },
  {
    ...simple,
    ...{ name: "q5_0", code: 5, fileBytes: 22, blockBytes: 176, offset: 16 },
    file: parts(splitNibbles("6"), adjacentBits(2)),
    planes: [nibblePlane, { bits: 1, at: 128, to: 4 }],
    halves: [{ name: "d", at: 160, file: 0 }],
  },
  {
    ...simple,
    ...{ name: "q5_1", code: 6, fileBytes: 24, blockBytes: 192 },
    file: parts(splitNibbles("8"), adjacentBits(4)),
    planes: [nibblePlane, { bits: 1, at: 128, to: 4 }],
    halves: [
      { name: "d", at: 160, file: 0 },
      { name: "m", at: 176, file: 2 },
    ],
  },
  {
    ...kQuant,
    ...{ name: "q5_K", code: 7, fileBytes: 176, headBytes: 32, blockBytes: 176, group: 32 },
    file: parts(pairedNibbles(48), bitOfBlock(16, 4)),
    planes: [nibblePlane, { bits: 1, at: 128, to: 4 }],
    halves: [
      { name: "d", at: 0, file: 0 },
      { name: "m", at: 16, file: 2 },
    ],
    bytes: scaleAndMin(160),
    scales: sixBitScales(160),
  },
  {
    ...kQuant,
    ...{ name: "q3_K", code: 8, fileBytes: 110, headBytes: 16, blockBytes: 112, group: 16, offset: 4 },
    file: parts(quarters(32, 0), bitOfBlock(0, 2)),
    planes: [
      { bits: 2, at: 0, to: 0 },
      { bits: 1, at: 64, to: 2 },
    ],
    halves: [{ name: "d", at: 0, file: 108 }],
    bytes: [{ name: "scale", at: 96, signed: true }],
    scales: {
      pack: groups((g) => `store<u8>(block + r, splitScale(file + 96, 2 * s + ${g}) - 32, ${96 + 8 * g});`),
      unpack: groups((g) => `putSplitScale(file + 96, 2 * s + ${g}, load<u8>(block + r, ${96 + 8 * g}) + 32);`),
    },
  },
  {
    ...kQuant,
    ...{ name: "q2_K", code: 9, fileBytes: 84, headBytes: 32, blockBytes: 80, group: 16 },
    file: parts(quarters(16, 0)),
    planes: [{ bits: 2, at: 0, to: 0 }],
    halves: [
      { name: "d", at: 0, file: 80 },
      { name: "m", at: 16, file: 82 },
    ],
    bytes: [
      { name: "scale", at: 64, signed: false, nibble: "low" },
      { name: "min", at: 64, signed: false, nibble: "high" },
    ],
    scales: {
      pack: groups((g) => `store<u8>(block + r, load<u8>(file + 2 * s, ${g}), ${64 + 8 * g});`),
      unpack: groups((g) => `store<u8>(file + 2 * s, load<u8>(block + r, ${64 + 8 * g}), ${g});`),
    },
  },
  {
    ...simple,
    ...{ name: "iq4_nl", code: 10, fileBytes: 18, blockBytes: 144, offset: 127, digits: true },
    file: parts(splitNibbles("2")),
    planes: [nibblePlane],
    halves: [{ name: "d", at: 128, file: 0 }],
  },
  {
    ...kQuant,
    ...{
      name: "iq4_xs",
      code: 11,
      fileBytes: 136,
      headBytes: 16,
      blockBytes: 136,
      group: 32,
      offset: 127,
      digits: true,
    },
    file: parts(splitNibbles("8 + (s << 4)")),
    planes: [nibblePlane],
    halves: [{ name: "d", at: 0, file: 0 }],
    bytes: [{ name: "scale", at: 128, signed: true }],
    scales: {
      pack: ["store<u8>(block + r, stripedScale(file + 2, s) - 32, 128);"],
      unpack: ["putStripedScale(file + 2, s, load<u8>(block + r, 128) + 32);"],
    },
  },
];
