import { promptToken } from "../peers/player.ts";

/** A text that a batch takes in: what it reads, and how many tokens it goes on by. */
export interface BatchText {
  readonly inputIds: readonly number[];
  readonly newTokens: number;
}

const promptOf = (number: number, length: number, vocab: number): number[] =>
  Array.from({ length }, (_, i) => promptToken(number * 101 + i, vocab));

/** Text `number` of a queue: 8 to 39 tokens, then 16 to 47 more. As in peers/native/batch.c. */
export const queuedText = (number: number, vocab: number): BatchText => ({
  inputIds: promptOf(number, 8 + ((number * 7) % 32), vocab),
  newTokens: 16 + ((number * 11) % 32),
});

/** Text `row` of `rows` that go on together: prompts from half of `around` to one and a half. */
export const textTogether = (row: number, rows: number, around: number, vocab: number): readonly number[] =>
  promptOf(row, Math.floor((around * (rows + 2 * row)) / (2 * rows)), vocab);
