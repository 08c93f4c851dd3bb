import { listOf } from "../../given-values.ts";
import { refuse } from "../option-checks.ts";
import { GenerationError } from "../../errors.ts";
import type { ProcessorDefinition } from "./definition.ts";
import type { LogitsProcessor, LogitsRow } from "./processor.ts";

type AllowedTokens = (batch: number, ids: readonly number[]) => readonly number[];

export interface PrefixAllowedTokensFnOption {
  /** The tokens that may follow `ids` in the row of prompt `batch`; none is an error. */
  readonly prefixAllowedTokensFn?: (batch: number, ids: readonly number[]) => readonly number[];
}

export const prefixAllowedTokensDefinition: ProcessorDefinition<
  PrefixAllowedTokensFnOption,
  AllowedTokens | null,
  "call"
> = {
  option: "prefixAllowedTokensFn",
  scope: "call",
  default: null,
  check: (given, name) => (typeof given === "function" ? (given as AllowedTokens) : refuse(name, given, "a function")),
  make: (allowed, { numBeams: beams, rowsPerPrompt }) => prefixAllowedTokens(allowed, { beams, rowsPerPrompt }),
};

/**
 * Leaves only the tokens that `allowed(batch, ids)` returns. Where all of them were removed before in every beam of a
 * prompt, they come back with the score 0.
 *
 * @param rowsPerPrompt beams, or rows drawn, of each prompt
 */
export function prefixAllowedTokens(
  allowed: AllowedTokens,
  { beams = 1, rowsPerPrompt = beams }: { readonly beams?: number; readonly rowsPerPrompt?: number } = {},
): LogitsProcessor {
  const restrict = (rows: readonly LogitsRow[], first: number): void => {
    const batch = Math.floor(first / rowsPerPrompt);
    const group = rows.map((row) => ({ ...row, tokens: listFrom(allowed(batch, row.ids)) }));
    for (const { tokens, ids } of group)
      if (tokens.length === 0)
        throw new GenerationError(
          "prefixAllowedTokensFn",
          `allows no token after ${ids.length} tokens of prompt ${batch}; return at least one, e.g. an eos`,
          { batch, length: ids.length },
        );
    const isOpen = group.some(({ tokens, scores }) => tokens.some((token) => (scores[token] ?? 0) > -Infinity));
    for (const { tokens, scores } of group) {
      const kept = tokens.map((token) => [token, isOpen ? (scores[token] ?? 0) : 0] as const);
      scores.fill(-Infinity);
      for (const [token, score] of kept) scores[token] = score;
    }
  };
  return {
    name: "prefixAllowedTokensFn",
    process: (rows) => {
      for (let first = 0; first < rows.length; first += beams) restrict(rows.slice(first, first + beams), first);
    },
    ...(beams === 1 && { processRow: (row: LogitsRow, index: number) => restrict([row], index) }),
  };
}

const listFrom = (returned: unknown): readonly number[] =>
  (listOf(returned) ?? refuse("prefixAllowedTokensFn result", returned, "a list of token ids")) as readonly number[];
