import type { EngineToken, TokenVocabulary } from "@helium-lm/helium";

export interface OutputLogprob {
  readonly token: string;
  readonly logprob: number;
  /** The token's bytes of UTF-8, which may be a part of a character. */
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<OutputLogprob, "top_logprobs">[];
}

const decoder = new TextDecoder();

/** Log-probabilities of the tokens of a text as the Responses API writes them; those that stand for no text are left out. */
export const outputLogprobs = (tokens: readonly EngineToken[], vocabulary: TokenVocabulary): OutputLogprob[] =>
  tokens.flatMap(({ id, logprobs }) => {
    const bytes = vocabulary.bytesOf(id);
    if (bytes === null || logprobs === undefined) return [];
    return [
      {
        ...described(bytes, logprobs.logprob),
        top_logprobs: logprobs.top.map((each) =>
          described(vocabulary.bytesOf(each.id) ?? new Uint8Array(), each.logprob),
        ),
      },
    ];
  });

const described = (bytes: Uint8Array, logprob: number): Omit<OutputLogprob, "top_logprobs"> => ({
  token: decoder.decode(bytes),
  logprob,
  bytes: [...bytes],
});
