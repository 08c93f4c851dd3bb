const contractions: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Removes spaces before English punctuation and contractions: transformers' `clean_up_tokenization_spaces`. */
export const cleanUpTokenizationSpaces = (text: string): string =>
  contractions.reduce((cleaned, [spaced, joined]) => cleaned.replaceAll(spaced, joined), text);
