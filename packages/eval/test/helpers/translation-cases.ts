import type { BleuOptions } from "../../src/metrics/translation/bleu.ts";
import type { ChrfOptions } from "../../src/metrics/translation/chrf.ts";
import { expectedOf } from "./expected.ts";

export interface CorpusRow {
  readonly hypothesis: string;
  readonly references: readonly string[];
}

/** Options by sacrebleu's names. */
type PythonOptions = Readonly<Record<string, unknown>>;

interface Result<Figures> {
  readonly options: PythonOptions;
  readonly corpus: Figures & { readonly score: number; readonly signature: string; readonly short: string };
  /** The scores of the first rows, each alone. */
  readonly sentences: readonly number[];
}

interface BleuFiguresOfSacrebleu {
  readonly precisions: readonly number[];
  readonly bp: number;
  readonly sysLen: number;
  readonly refLen: number;
  readonly counts?: readonly number[];
  readonly totals?: readonly number[];
}

/** By `scripts/reference/eval/make_translation_cases.py`. */
export const translationCases = expectedOf<{
  /** Names of tokenizers → SentencePiece models among the fixtures. */
  readonly models: Readonly<Record<string, string>>;
  readonly corpora: readonly {
    readonly language: string;
    readonly rows: readonly CorpusRow[];
    readonly bleu: readonly Result<BleuFiguresOfSacrebleu>[];
    readonly chrf: readonly Result<{ readonly name: string }>[];
  }[];
  readonly lines: readonly string[];
  readonly tokens: Readonly<Record<string, readonly (readonly string[])[]>>;
}>("translation", process.env.TRANSLATION_CASES);

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Options by our names; the tokenizer stays a name. */
export const ourOptions = (options: PythonOptions): BleuOptions & ChrfOptions =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value] as const));
