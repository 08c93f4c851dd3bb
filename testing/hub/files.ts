import { readdirSync, readFileSync } from "node:fs";
import { fixturePath } from "../fixtures.ts";

/** Files of a fixture model, with the tokenizer of all fixtures. */
export function fixtureFiles(name: string): Record<string, Uint8Array> {
  const folder = fixturePath(`models/${name}/`);
  const files = Object.fromEntries(
    readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(folder + file))]),
  );
  return { ...files, "tokenizer.json": new Uint8Array(readFileSync(fixturePath("tokenizer/tokenizer.json"))) };
}

/** Bytes that look random: the upper ones of a linear congruential generator (Numerical Recipes, 2nd ed., 7.1). */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

/** A safetensors file with one tensor of that many bytes. */
export function weights(length: number, seed = 1): Uint8Array {
  const header = JSON.stringify({ x: { dtype: "U8", shape: [length], data_offsets: [0, length] } });
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(noise(length, seed), 8 + header.length);
  return bytes;
}
