/** The 32 characters of `string.punctuation` of Python. */
export const asciiPunctuation = /[!-/:-@[-`{-~]/g;
