import type { GenerateOptions } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";

/** One call of transformers' `generate` on an empty generation config. */
export interface GenerationCase {
  readonly name: string;
  readonly input_ids: number[][];
  readonly attention_mask?: number[][];
  readonly options: Readonly<Record<string, unknown>>;
  readonly sequences: number[][];
}

export interface BeamCase extends GenerationCase {
  readonly sequences_scores: number[];
  readonly beam_indices: number[][];
}

export const camelCase = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The case's options in our spelling, over library defaults. */
export function optionsOf({ input_ids, attention_mask, options }: Omit<GenerationCase, "sequences">): GenerateOptions {
  return {
    ...Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value])),
    generationConfig: {},
    inputIds: input_ids,
    ...(attention_mask && { attentionMask: attention_mask }),
  };
}

export function generationCases<C extends GenerationCase = GenerationCase>(
  family: string,
  kind: "greedy" | "beam",
): (readonly [string, C])[] {
  const { cases } = readFixture<{ cases: C[] }>(`generation/${family}-${kind}.json`);
  return cases.map((c) => [c.name, c] as const);
}
