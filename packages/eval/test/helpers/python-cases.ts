import { expectedOf } from "./expected.ts";

interface RandomCase {
  readonly seed: string;
  readonly bits: readonly (readonly [bits: number, value: number])[];
  readonly random: readonly number[];
  readonly random2000th: number;
  readonly below: readonly (readonly [end: number, value: number])[];
  readonly samples: readonly (readonly [size: number, count: number, drawn: readonly number[]])[];
  readonly choices: readonly number[];
}

interface TextCase {
  readonly text: string;
  readonly length: number;
  readonly bytes: number;
  readonly strip: string;
  readonly lstrip: string;
  readonly rstrip: string;
  readonly split: readonly string[];
  readonly splitAtSpaces: readonly string[];
  readonly capitalize: string;
  readonly lower: string;
}

/** By `scripts/reference/eval/make_python_cases.py`. */
export const pythonCases = expectedOf<{
  readonly random: readonly RandomCase[];
  readonly spaces: string;
  readonly texts: readonly TextCase[];
  readonly titles: Readonly<Record<string, string>>;
  readonly patterns: readonly {
    readonly source: string;
    readonly matches: readonly (readonly string[])[];
    readonly without: readonly string[];
  }[];
  readonly patternTexts: readonly string[];
  readonly documents: readonly { readonly document: unknown; readonly json: string }[];
}>("python");
