import { HeliumLmError, type Rng } from "@helium-lm/tensor";
import type { CheckpointReader } from "@helium-lm/nn";
import type { Tokenizer } from "@helium-lm/helium";
import { readFileSync } from "node:fs";
import { chance, pick } from "../draw.ts";
import { grownJson } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { jsonShape, mutateJson } from "../mutate-json.ts";

/** A parser under test. */
export interface FuzzTarget {
  /** A damaged input, of some kilobytes at most. */
  readonly mutated: (rng: Rng) => Uint8Array;
  /** An input that has grown to about `size` bytes. */
  readonly grown: (rng: Rng, size: number) => Uint8Array;
  /** What its caller makes of an input before the library sees it. */
  readonly prepare?: (input: Uint8Array) => unknown;
  /** Everything that loading does with such an input. @throws HeliumLmError for most inputs */
  readonly read: (input: Uint8Array, prepared: unknown) => void | Promise<void>;
}

export const utf8 = new TextEncoder();
export const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
export const jsonOf = (path: string): unknown => JSON.parse(readFileSync(path, "utf8")) as unknown;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
export const textOf = (input: Uint8Array): string => decoder.decode(input);

/** Inputs that are JSON: most are changed as such, the others as bytes. */
export function jsonInputs(documents: readonly unknown[]): Pick<FuzzTarget, "mutated" | "grown"> {
  const shapes = documents.map(jsonShape);
  const texts = shapes.map(({ text }) => utf8.encode(text));
  return {
    mutated: (rng) =>
      chance(rng, 0.6) ? utf8.encode(mutateJson(pick(rng, shapes), rng)) : mutateBytes(pick(rng, texts), rng),
    grown: (rng, size) => grownJson(pick(rng, shapes), rng, size),
  };
}

/** What is refused here is no reason not to read on. */
export async function orRefused<T>(action: () => T | Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof HeliumLmError) return null;
    throw error;
  }
}

/** Reads every tensor of a checkpoint, one at a time. */
export async function readTensors(reader: CheckpointReader): Promise<void> {
  for (const name of reader.names()) {
    reader.info(name);
    // A type that no tensor can hold is no fault of the others.
    await orRefused(() => reader.readBytes(name));
  }
  await reader.close();
}

export function useTokenizer(tokenizer: Tokenizer): void {
  const ids = tokenizer.encode(" Ein <s> Text\nüber 日本 😀 it's 3.14,  aaaa");
  tokenizer.decode(ids, { skipSpecialTokens: true });
}
