import type { Rng } from "@helium-lm/tensor";
import { below, chance, pick } from "./draw.ts";

/** A value within the text of a document. */
interface Node {
  readonly kind: "object" | "list" | "leaf";
  readonly start: number;
  end: number;
  /** Where its member begins, with the key; the value itself for an element of a list. */
  readonly memberStart: number;
  readonly children: Node[];
}

/** The text of a JSON document and where its values are, found once for many mutations. */
export interface JsonShape {
  readonly text: string;
  readonly root: Node;
}

/** The shape of a document. */
export function jsonShape(document: unknown): JsonShape {
  let text = "";
  const write = (value: unknown, memberStart: number): Node => {
    const isObject = typeof value === "object" && value !== null;
    const kind = Array.isArray(value) ? "list" : isObject ? "object" : "leaf";
    const node: Node = { kind, start: text.length, end: 0, memberStart, children: [] };
    if (!isObject) text += JSON.stringify(value ?? null);
    else {
      text += kind === "list" ? "[" : "{";
      Object.entries(value).forEach(([key, inner], index) => {
        if (index > 0) text += ",";
        const start = text.length;
        if (kind === "object") text += `${JSON.stringify(key)}:`;
        node.children.push(write(inner, start));
      });
      text += kind === "list" ? "]" : "}";
    }
    node.end = text.length;
    return node;
  };
  const root = write(document, 0);
  return { text, root };
}

/** Nested lists. */
const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

const nastyTexts: readonly string[] = [
  ...["null", "true", "false", "0", "1", "-1", "0.5", "2147483648", "4294967296", "1099511627776"],
  ...["9007199254740992", "1e300", "-1e300", "1e999", "-1e999", "1.0", "-0", "9007199254740993"],
  ...["123456789012345678901234567890", "NaN", "Infinity", '""', '" "', '"null"', '"__proto__"', '"constructor"'],
  ...['"../x.safetensors"', '"/x.safetensors"', '"\\u0000"', '"\\ud800"', '"😀"', '"(a+)+$"', '"("', '"["'],
  ...['"\\\\p{"', '"(?i:x)"', '"a{1,100000}"', '".*.*.*="', '"F32"', '"BF16"', '"Sequence"', '"BPE"', '"Unigram"'],
  ...["[]", "{}", "[[]]", '{"":{}}', '{"a":1,"a":2}', deep(80), deep(40)],
];

/** Rare, since they cost more than the rest of the input. */
const bigTexts: readonly string[] = [deep(5000), `"${"x".repeat(10_000)}"`, `[${"0,".repeat(2000)}0]`];

const nasty = (rng: Rng): string => (chance(rng, 0.005) ? pick(rng, bigTexts) : pick(rng, nastyTexts));

/** A random walk from the root: half of the steps go on where there is something below. */
function place(root: Node, rng: Rng): Node {
  let node = root;
  while (node.children.length > 0 && !chance(rng, 0.2)) node = pick(rng, node.children);
  return node;
}

/** A value near the one that is there. */
function near(text: string, rng: Rng): string {
  const first = text.charAt(0);
  if (first === '"') {
    const at = 1 + below(rng, text.length - 1);
    const cut = text[at - 1] === "\\" ? at - 1 : at;
    return text.slice(0, cut) + pick(rng, ["", "x", "\\\\", "/", "\\u0000", "é", " "]) + text.slice(cut);
  }
  if (text === "true") return "false";
  if (text === "false") return "true";
  const number = Number(text);
  if (text === "null" || first === "[" || first === "{" || Number.isNaN(number)) return nasty(rng);
  return String(pick(rng, [number + 1, number - 1, -number, number * 2, number / 2, number * 1e6]));
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function removal({ text, root }: JsonShape, node: Node): Edit {
  if (node === root) return { start: 0, end: text.length, text: "null" };
  if (text[node.end] === ",") return { start: node.memberStart, end: node.end + 1, text: "" };
  return {
    start: text[node.memberStart - 1] === "," ? node.memberStart - 1 : node.memberStart,
    end: node.end,
    text: "",
  };
}

function edit(shape: JsonShape, rng: Rng): Edit {
  const { text, root } = shape;
  const node = place(root, rng);
  const { start, end, kind } = node;
  const given = text.slice(start, end);
  switch (below(rng, 7)) {
    case 0:
      return removal(shape, node);
    case 1:
      return { start, end, text: near(given, rng) };
    case 2: {
      // Something from elsewhere in the same document.
      const other = place(root, rng);
      return { start, end, text: text.slice(other.start, other.end) };
    }
    case 3: {
      if (kind !== "object") return { start, end, text: `[${given}]` };
      const key = pick(rng, ['""', '"__proto__"', '"constructor"', '"type"', '"x"']);
      const comma = node.children.length > 0 ? "," : "";
      return { start: start + 1, end: start + 1, text: `${key}:${nasty(rng)}${comma}` };
    }
    case 4: {
      if (kind !== "list" || node.children.length === 0) return { start, end, text: near(given, rng) };
      const again = pick(rng, node.children);
      return { start: start + 1, end: start + 1, text: `${text.slice(again.start, again.end)},` };
    }
    default:
      return { start, end, text: nasty(rng) };
  }
}

/** The text of a document after one to four changes of its values; valid JSON except for what no number can be. */
export function mutateJson(shape: JsonShape, rng: Rng): string {
  const edits = Array.from({ length: 1 + below(rng, 1 + below(rng, 4)) }, () => edit(shape, rng));
  edits.sort((a, b) => a.start - b.start);
  let result = "";
  let done = 0;
  for (const { start, end, text } of edits) {
    // Of two changes at one place the first counts.
    if (start < done) continue;
    result += shape.text.slice(done, start) + text;
    done = end;
  }
  return result + shape.text.slice(done);
}

/** The document with one of its values replaced by `text`, which may be gigantic. */
export function plantInJson({ text, root }: JsonShape, rng: Rng, planted: string): string {
  const { start, end } = place(root, rng);
  return text.slice(0, start) + planted + text.slice(end);
}

/** The text of one of the document's values, for growing more like it; objects and lists where there are any. */
export function drawnValue({ text, root }: JsonShape, rng: Rng): string {
  const { start, end } = place(root, rng);
  return text.slice(start, end);
}
