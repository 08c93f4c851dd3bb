import type { Rng } from "@helium-lm/tensor";
import { below, chance, pick } from "./draw.ts";
import { drawnValue, plantInJson, type JsonShape } from "./mutate-json.ts";

const utf8 = new TextEncoder();

/** Pieces of text whose repetition parsers may take badly. */
const runs = [
  ...[
    "a",
    " ",
    "\n",
    "\t",
    "\u0301",
    "\u0301\u0323",
    "\ufdfa",
    "é",
    "日",
    "😀",
    "\u0000",
    "(",
    "[",
    "(a|",
    "a?",
    "\\",
    '"',
  ],
  ...["{{", "{%", "{# ", "}}", "▁", "<s>", "a b", "\u2028", "\\u0000", "0", "1.", "-", "/*", "a,", "ab"],
] as const;

/** `piece` as often as about `size` bytes take. */
export const textRun = (rng: Rng, size: number): string => {
  const piece = pick(rng, runs);
  return piece.repeat(Math.ceil(size / utf8.encode(piece).length));
};

/** Elements of a list that are small as text. */
const elements = ["0", "[]", "{}", '""', "null", '{"a":0}', '["a","b"]', "1e9", "[[]]", '"ab"', "-1", "[0,0]", "0.1"];

const repeated = (text: string, size: number): string => text.repeat(Math.max(1, Math.floor(size / text.length)));

/** As many members as take about `size` bytes, each made of its number. */
function numbered(size: number, member: (n: number) => string): string {
  const members: string[] = [];
  for (let length = 0; length < size;) {
    const text = member(members.length);
    members.push(text);
    length += text.length + 1;
  }
  return members.join(",");
}

const growths: readonly ((shape: JsonShape, rng: Rng, size: number) => string)[] = [
  // A long string.
  (_, rng, size) => JSON.stringify(textRun(rng, size / pick(rng, [1, 2]))),
  // Deep nesting, closed or not.
  (_, rng, size) => {
    const [open, close] = pick(rng, [
      ["[", "]"],
      ['{"a":', "}"],
      ['[0,{"":', "}]"],
    ] as const);
    const depth = Math.floor(size / (open.length + close.length));
    return open.repeat(depth) + (chance(rng, 0.7) ? `0${close.repeat(depth)}` : "");
  },
  // A long list of what is small.
  (_, rng, size) => `[${repeated(`${pick(rng, elements)},`, size)}0]`,
  // A long list of what the document has.
  (shape, rng, size) => {
    const value = drawnValue(shape, rng);
    return `[${repeated(`${value},`, size)}${value}]`;
  },
  // Many members: one key again and again, or numbered ones.
  (_, rng, size) => `{${repeated(`"a":${pick(rng, elements)},`, size)}"a":0}`,
  (_, rng, size) => {
    const value = pick(rng, elements);
    return `{${numbered(size, (n) => `"${n}":${value}`)}}`;
  },
  (shape, rng, size) => {
    const value = drawnValue(shape, rng);
    const prefix = pick(rng, ["", "k", "a.b."]);
    return `{${numbered(size, (n) => `"${prefix}${n.toString(36)}":${value}`)}}`;
  },
  // Space, and digits.
  (_, rng, size) => `${pick(rng, [" ", "\n", "\t", "\r\n"]).repeat(size / 2)}0`,
  (_, rng, size) => pick(rng, ["1", "0", "1e", "0."]) + "9".repeat(size),
];

/** A document of about `size` bytes: one of its values has grown. */
export function grownJson(shape: JsonShape, rng: Rng, size: number): Uint8Array {
  return utf8.encode(plantInJson(shape, rng, pick(rng, growths)(shape, rng, size)));
}

/** A file of about `size` bytes: a piece of it, or one byte, repeated in its middle. */
export function grownBytes(bytes: Uint8Array, rng: Rng, size: number): Uint8Array {
  const at = below(rng, bytes.length + 1);
  const from = below(rng, bytes.length);
  const piece = chance(rng, 0.3)
    ? Uint8Array.of(pick(rng, [0, 1, 9, 0x20, 0x5b, 0x7b, 0x80, 0xff]))
    : bytes.slice(from, from + 1 + below(rng, pick(rng, [4, 64, 4096])));
  const result = new Uint8Array(bytes.length + size);
  result.set(bytes.subarray(0, at));
  // Doubling: `fill` for any piece.
  result.set(piece, at);
  for (let done = piece.length; done < size; done *= 2)
    result.copyWithin(at + done, at, at + Math.min(done, size - done));
  result.set(bytes.subarray(at), at + size);
  return result;
}
