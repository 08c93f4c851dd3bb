import { healPrompt } from "../../grammar/vocabulary/heal-prompt.ts";
import { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";
import { GenerationError } from "../../errors.ts";
import type { StopStringTokenizer } from "../stopping/criterion.ts";
import type { Prefixes } from "./constrained-rows.ts";
import { ownTokenizer } from "./own-tokenizer.ts";

type Rows = readonly (readonly number[])[];

/** Prompts without their last tokens, where one token could say these and more. */
export interface HealedPrompts extends Prefixes {
  /** Padded on the left to one length. */
  readonly inputIds: Rows;
  readonly attentionMask: Rows;
}

/**
 * Takes back the tokens at the end of each prompt that a longer token could replace: `http:` is followed by `//`, but a model
 * that has read `:` expects no `//`, since texts have `://` as one token.
 *
 * @param pad fills rows that became shorter than others
 * @throws GenerationError without a tokenizer
 */
export function healPrompts(
  inputIds: Rows,
  attentionMask: Rows,
  tokenizer: StopStringTokenizer | null,
  pad: number,
): HealedPrompts {
  if (!tokenizer) throw new GenerationError("tokenHealing", "needs the model's tokenizer; pass it as tokenizer");
  const vocabulary = TokenVocabulary.of(ownTokenizer(tokenizer, "tokenHealing"));
  const healed = inputIds.map((ids, row) => {
    // A prompt keeps at least one token that is seen.
    const start = (attentionMask[row]?.indexOf(1) ?? 0) + 1;
    const { ids: kept, prefix } = healPrompt(vocabulary, ids.slice(start));
    const length = start + kept.length;
    return { ids: ids.slice(0, length), mask: attentionMask[row]?.slice(0, length) ?? [], prefix };
  });
  const longest = Math.max(...healed.map(({ ids }) => ids.length));
  const filled = (row: readonly number[], value: number): number[] => [
    ...new Array<number>(longest - row.length).fill(value),
    ...row,
  ];
  return {
    inputIds: healed.map(({ ids }) => filled(ids, pad)),
    attentionMask: healed.map(({ mask }) => filled(mask, 0)),
    prefixes: healed.map(({ prefix }) => prefix),
    vocabulary,
  };
}
