import { readFile } from "node:fs/promises";
import {
  bleuTokenizers,
  sentencePieceTokenizer,
  type BleuOptions,
  type BleuTokenizerName,
} from "@helium-lm/eval/metrics";
import { UsageError } from "../../options/option-table.ts";
import type { EvalOptions } from "./eval-options.ts";

/** How translations are compared; null: as sacrebleu does by itself. @throws UsageError for a tokenizer that there is not */
export async function bleuOptions({
  bleuTokenizer,
  spmModel,
  lowercase,
}: Pick<EvalOptions, "bleuTokenizer" | "spmModel" | "lowercase">): Promise<BleuOptions | null> {
  if (bleuTokenizer === undefined && !lowercase) return null;
  return { lowercase, ...(bleuTokenizer !== undefined && { tokenize: await tokenizerOf(bleuTokenizer, spmModel) }) };
}

async function tokenizerOf(name: string, model: string | undefined): Promise<NonNullable<BleuOptions["tokenize"]>> {
  if (model !== undefined) return await sentencePieceTokenizer(await readFile(model), name);
  if (name in bleuTokenizers) return name as BleuTokenizerName;
  throw new UsageError(
    "helium eval",
    `--bleu-tokenizer is ${JSON.stringify(name)}; expected one of ${[...Object.keys(bleuTokenizers), "flores200"].join(", ")}`,
    { given: name },
  );
}
