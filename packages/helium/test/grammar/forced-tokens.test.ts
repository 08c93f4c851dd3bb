import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGrammar, Tokenizer, TokenVocabulary } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";

const tokenizer = Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json"));
const vocabulary = TokenVocabulary.of(tokenizer);

/** Words that begin alike, so that a token of one can be the beginning of another's. */
const word = fc.constantFrom(
  "order",
  "orderId",
  "orderName",
  "name",
  "names",
  "na",
  "in",
  "info",
  "id",
  "größe",
  "a b",
);
const name = fc.tuple(word, word).map(([first, second]) => `${first}_${second}`);
const key = fc.oneof(word, name);
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));

test("tokens without a choice are those that the tokenizer cuts the finished text into", () => {
  let forced = 0;
  const member = fc.record({ key, texts: fc.array(text, { minLength: 1, maxLength: 3 }), isRequired: fc.boolean() });
  const members = fc.uniqueArray(member, { minLength: 1, maxLength: 5, selector: ({ key: own }) => own });
  fc.assert(
    fc.property(members, fc.constantFrom("spaced", "compact", "any"), (drawn, whitespace) => {
      const json = {
        type: "object",
        properties: Object.fromEntries(drawn.map((one) => [one.key, { enum: one.texts }])),
        required: drawn.filter(({ isRequired }) => isRequired).map((one) => one.key),
        additionalProperties: false,
      };
      const value = Object.fromEntries(drawn.map((one) => [one.key, one.texts[0]]));
      const spaced = JSON.stringify(value).replaceAll('":"', '": "').replaceAll('","', '", "');
      const written = whitespace === "compact" ? JSON.stringify(value) : spaced;
      const ids = vocabulary.encode(new TextEncoder().encode(written)) ?? [];
      let state = compileGrammar({ json, whitespace }, tokenizer).start;
      for (const [at, id] of ids.entries()) {
        const next = state.forced();
        expect([written, next]).toEqual([written, ids.slice(at, at + next.length)]);
        forced += next.length;
        state = state.step(id) ?? expect.fail(`${written}: token ${at} is refused`);
      }
      expect(state.isComplete).toBe(true);
    }),
    { numRuns: 40, seed: 15 },
  );
  expect(forced).toBeGreaterThan(500);
});
