import { createBackend, Rng } from "@helium-lm/tensor";
import { generate, type GenerateOptions } from "@helium-lm/helium";
import { Grammar, TokenVocabulary } from "@helium-lm/helium/grammar";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GrammarBuilder } from "../../src/grammar/automaton/grammar-builder.ts";
import { GrammarContext } from "../../src/grammar/grammar.ts";
import { markovModel } from "../helpers/markov-model.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Token 0 pads, token 1 ends a row; the others are texts, of which some occur twice. */
const vocabularies = fc
  .array(fc.stringMatching(/^[abc]{1,3}$/), { minLength: 2, maxLength: 9 })
  .map((more) => ["", "", "a", "b", "c", ...more]);

const languages = fc.uniqueArray(fc.stringMatching(/^[abc]{1,6}$/), { minLength: 1, maxLength: 6 });

const ways: fc.Arbitrary<GenerateOptions> = fc.constantFrom(
  {},
  { doSample: true, topK: 0 },
  { doSample: true, topK: 3, temperature: 1.5 },
  { numBeams: 2 },
  { promptLookupNumTokens: 2, maxMatchingNgramSize: 1 },
  { repetitionPenalty: 1.3, noRepeatNgramSize: 2 },
);

test("tokens that are left are those that some text of the language goes on with, whatever the model says", async () => {
  const backend = await createBackend("cpu");
  await fc.assert(
    fc.asyncProperty(
      vocabularies,
      fc.array(languages, { minLength: 1, maxLength: 3 }),
      ways,
      fc.integer({ min: 0, max: 999 }),
      async (texts, all, way, seed) => {
        const rng = new Rng(seed);
        const logits = texts.map(() => texts.map(() => 6 * rng.uniform()));
        const model = markovModel(backend, logits);
        const vocabulary = TokenVocabulary.fromTokens(texts.map((text) => (text === "" ? null : bytes(text))));
        const context = GrammarContext.of(vocabulary);
        const grammar = all.map((language) => {
          const builder = new GrammarBuilder(context.regexes);
          const terminals = language.map((text) => builder.terminal(context.regexes.literal(text)));
          return new Grammar(context, builder, builder.choice(...terminals));
        });
        const base = { generationConfig: {}, maxNewTokens: 8, eosTokenId: 1, padTokenId: 0, seed, grammar, ...way };
        const inputIds = all.map(() => [2]);
        const skipped = await generate(model, { ...base, inputIds });
        const textOf = (ids: readonly number[]): string => ids.map((id) => texts[id]).join("");
        skipped.sequences.forEach((row, i) => expect(all[i]).toContain(textOf(row.slice(1))));
        if (way.numBeams) return;
        const seen = await generate(model, { ...base, inputIds, outputScores: true });
        expect(seen.sequences).toEqual(skipped.sequences);
        expect(seen.endedBy).toEqual(skipped.endedBy);
        for (const [row, language] of all.entries()) {
          const ids = seen.sequences[row]!.slice(1);
          for (const [step, scores] of seen.scores!.entries()) {
            const text = textOf(ids.slice(0, step));
            const isOver =
              ids.slice(0, step).some((id) => id <= 1) ||
              (step > 0 && !language.some((one) => one.startsWith(text) && one !== text));
            if (isOver) break;
            const left = [...scores[row]!.keys()].filter((token) => scores[row]![token]! > -Infinity);
            const goesOn = (token: number): boolean =>
              token === 1
                ? language.includes(text)
                : token > 1 && language.some((one) => one.startsWith(text + texts[token]!));
            const allowed = texts.map((_, token) => token).filter(goesOn);
            // A forced token is the only one, and what it says is in every text.
            if (left.length === 1) {
              expect(allowed).toContain(left[0]);
              const rest = language.filter((one) => one.startsWith(text));
              if (allowed.length > 1 && !way.topK && !way.noRepeatNgramSize)
                expect(rest.every((one) => one.startsWith(text + texts[left[0]!]!))).toBe(true);
            } else if (!way.topK && !way.noRepeatNgramSize) expect(left).toEqual(allowed);
            else for (const token of left) expect(allowed).toContain(token);
          }
        }
      },
    ),
    { seed: 20261130, numRuns: 120 },
  );
  backend.dispose();
});
