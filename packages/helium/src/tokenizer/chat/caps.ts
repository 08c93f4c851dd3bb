/** What a chat template, which comes from a stranger, may use; far above any real one. */
export const caps = {
  /** Characters of the template, and of white space in a row in it: its lexer takes quadratic time over such a run. */
  template: 2 ** 18,
  whitespace: 512,
  /** Values within the messages and other variables, each of which becomes an object of the engine. */
  inputs: 2 ** 17,
  /** Numbers of one `range`, as in the sandbox that transformers has. */
  range: 100_000,
  /** Evaluations of an expression or a statement. */
  steps: 2 ** 19,
  /** Milliseconds, and one for each 1024 characters of the messages; real templates take a tenth of that. */
  time: 800,
  timePerInput: 1 / 1024,
  /** Characters of one text, and 16 for each of the messages. */
  text: 2 ** 22,
  textPerInput: 16,
  /** Characters that all expressions together make, and 16 for each of the messages; an item of a list counts eight. */
  values: 2 ** 24,
  valuesPerInput: 16,
  /** Lists within lists. */
  depth: 200,
};

export type Caps = Readonly<typeof caps>;
