import type { Rng } from "@helium-lm/tensor";
import { below, chance, pick } from "./draw.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Stands for a token that `JSON.stringify` would not write. */
const raw = (token: string): string => `@raw:${token}@`;

/** Nested lists; as a token, since the mutator itself must not recurse so far. */
const deep = (depth: number): Json => raw("[".repeat(depth) + "]".repeat(depth));

const nastyValues: readonly (() => Json)[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 1e300, -1e300].map((value) => () => value),
  ...["", " ", "null", "__proto__", "constructor", "../x.safetensors", "/x.safetensors", "\u0000", "\ud800", "😀"].map(
    (value) => () => value,
  ),
  ...["1e999", "-1e999", "1.0", "-0", "9007199254740993", "123456789012345678901234567890", "NaN", "Infinity"].map(
    (token) => () => raw(token),
  ),
  ...["(a+)+$", "(", "[", "\\p{", "(?i:x)", "a{1,100000}", ".*.*.*=", "F32", "BF16", "Sequence", "BPE", "Unigram"].map(
    (value) => () => value,
  ),
  () => [],
  () => ({}),
  () => [[]],
  () => ({ "": {} }),
  () => deep(80),
  () => deep(50_000),
  () => "x".repeat(10_000),
  () => new Array<Json>(2000).fill(0),
];

interface Place {
  readonly parent: { [key: string]: Json };
  readonly key: string;
}

const isNode = (value: Json | undefined): value is Json[] | { [key: string]: Json } =>
  typeof value === "object" && value !== null;

/** A random walk from the root: half of the steps go on where there is something below. */
function place(root: { [key: string]: Json }, rng: Rng): Place {
  let parent = root;
  let key = "root";
  for (;;) {
    const value = parent[key];
    if (!isNode(value)) return { parent, key };
    const keys = Object.keys(value);
    if (keys.length === 0 || chance(rng, 0.2)) return { parent, key };
    parent = value as { [key: string]: Json };
    key = pick(rng, keys);
  }
}

/** A value near the one that is there. */
function near(value: Json | undefined, rng: Rng): Json {
  if (typeof value === "number") return pick(rng, [value + 1, value - 1, -value, value * 2, value / 2, value * 1e6]);
  if (typeof value === "string") {
    const at = below(rng, value.length + 1);
    return value.slice(0, at) + pick(rng, ["", "x", "\\", "/", "\u0000", "é", " "]) + value.slice(at + below(rng, 3));
  }
  if (typeof value === "boolean") return !value;
  return pick(rng, nastyValues)();
}

function mutate(root: { [key: string]: Json }, rng: Rng): void {
  const { parent, key } = place(root, rng);
  const value = parent[key];
  switch (below(rng, 7)) {
    case 0:
      if (key !== "root") delete parent[key];
      break;
    case 1:
      parent[key] = near(value, rng);
      break;
    case 2: {
      // Something from elsewhere in the same document.
      const other = place(root, rng);
      parent[key] = structuredClone(other.parent[other.key] ?? null);
      break;
    }
    case 3:
      if (isNode(value) && !Array.isArray(value))
        value[pick(rng, ["", "__proto__x", "constructor", "type", "x"])] = near(null, rng);
      else parent[key] = [value ?? null];
      break;
    case 4:
      if (Array.isArray(value) && value.length > 0) value.push(structuredClone(pick(rng, value)));
      else parent[key] = near(value, rng);
      break;
    default:
      parent[key] = pick(rng, nastyValues)();
  }
}

/** The text of `document` after one to four changes of its values; valid JSON except for what no number can be. */
export function mutateJson(document: unknown, rng: Rng): string {
  const root = { root: structuredClone(document) as Json };
  for (let changes = 1 + below(rng, 1 + below(rng, 4)); changes > 0; changes--) mutate(root, rng);
  return JSON.stringify(root.root ?? null).replace(/"@raw:([^@"]*)@"/g, "$1");
}
