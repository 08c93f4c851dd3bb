import type { Rng } from "@helium-lm/tensor";
import { below, chance, pick } from "./draw.ts";

/** Numbers at the edges of what a size, count, offset or type may be. */
const nastyNumbers: readonly bigint[] = [
  0n,
  1n,
  3n,
  31n,
  255n,
  65_536n,
  2n ** 24n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Pieces of text that parsers treat specially. */
const words = [
  ...["null", "true", "{", "}", "[", "]", '"', ":", ",", "\\", "\\u0000", "\\ud800", "/*", "NaN", "-Infinity"],
  ...["1e999", "-0", "0.5", "00", "9007199254740993", "18446744073709551616", "__proto__", "constructor"],
  ...["../", "/etc/passwd", "..\\", "\u0000", "\ufeff", "\u2028", "😀", "BF16", "F64", "GGUF", "<0x00>", "(a+)+$"],
].map((word) => new TextEncoder().encode(word));

type Mutation = (bytes: Uint8Array, rng: Rng) => Uint8Array;

const place = (bytes: Uint8Array, rng: Rng): number => below(rng, bytes.length + 1);

/** `bytes` with `removed` of them at `at` replaced. */
function splice(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + inserted.length + tail.length);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(tail, at + inserted.length);
  return result;
}

function overwrite(bytes: Uint8Array, rng: Rng, width: 1 | 4 | 8): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, pick(rng, nastyNumbers), true);
  const written = width === 1 ? Uint8Array.of(below(rng, 256)) : number.subarray(0, width);
  return splice(bytes, place(bytes, rng), width, written);
}

const mutations: readonly Mutation[] = [
  (bytes, rng) => {
    const copy = bytes.slice();
    const at = below(rng, copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(rng, 8));
    return copy;
  },
  (bytes, rng) => overwrite(bytes, rng, 1),
  (bytes, rng) => overwrite(bytes, rng, 4),
  (bytes, rng) => overwrite(bytes, rng, 8),
  (bytes, rng) => splice(bytes, place(bytes, rng), 0, pick(rng, words)),
  (bytes, rng) => splice(bytes, place(bytes, rng), below(rng, 8), pick(rng, words)),
  (bytes, rng) => splice(bytes, place(bytes, rng), 1 + below(rng, 64), new Uint8Array(0)),
  (bytes, rng) => bytes.slice(0, place(bytes, rng)),
  (bytes, rng) => {
    const from = place(bytes, rng);
    return splice(bytes, place(bytes, rng), 0, bytes.slice(from, from + 1 + below(rng, 256)));
  },
  (bytes, rng) =>
    splice(
      bytes,
      bytes.length,
      0,
      Uint8Array.from({ length: 1 + below(rng, 16) }, () => below(rng, 256)),
    ),
];

/** `bytes` after one to four changes; the head, where the structure is, is changed more often. */
export function mutateBytes(bytes: Uint8Array, rng: Rng): Uint8Array {
  let result = bytes;
  for (let changes = 1 + below(rng, 1 + below(rng, 4)); changes > 0; changes--) {
    const mutate = pick(rng, mutations);
    const headEnd = Math.min(result.length, 256);
    result = chance(rng, 0.3)
      ? splice(result, 0, headEnd, mutate(result.subarray(0, headEnd), rng))
      : mutate(result, rng);
  }
  return result;
}
