import { describe, expect, test } from "vitest";
import { GenerationError } from "@helium-lm/helium";
import { built, openNano, record, recordPattern } from "./nano-grammars.ts";

describe("prompts that end in the middle of a token", () => {
  const nano = openNano();
  const texts = ["Once upon a ti", "To insta", "Um das Sys", "Il était une fo", "No end at all."];
  const decode = (ids: readonly number[]): string => nano.tokenizer.decode(ids, { skipSpecialTokens: true });

  test.each([{}, { doSample: true, seed: 4, topK: 0 }])(
    "the text goes on with the prompt's own characters: %o",
    async (way) => {
      let healed = 0;
      const solo: string[] = [];
      for (const text of texts) {
        const inputIds = nano.tokenizer.encode(text);
        const options = { inputIds: [inputIds], maxNewTokens: 8, tokenizer: nano.tokenizer, ...way };
        const { sequences } = await nano.model.generate({ ...options, tokenHealing: true });
        expect(decode(sequences[0]!).startsWith(text)).toBe(true);
        if (sequences[0]!.some((id, i) => i < inputIds.length && id !== inputIds[i])) healed++;
        solo.push(decode(sequences[0]!));
      }
      expect(healed).toBeGreaterThan(0);
      const padded = nano.tokenizer(texts, { padding: true });
      const options = {
        ...padded,
        maxNewTokens: 8,
        tokenizer: nano.tokenizer,
        padTokenId: nano.tokenizer.padTokenId ?? 0,
      };
      const { sequences } = await nano.model.generate({ ...options, ...way, tokenHealing: true });
      sequences.forEach((row, i) => expect(decode(row).startsWith(texts[i]!)).toBe(true));
      // A row's own tokens are those it has alone; it may have one more where others were shortened less.
      sequences.forEach((row, i) =>
        expect(decode(row).startsWith(solo[i]!) || solo[i]!.startsWith(decode(row))).toBe(true),
      );
    },
  );

  test("a grammar begins behind the prompt's last character", async () => {
    const text = 'The answer: {"na';
    const inputIds = nano.tokenizer.encode(text);
    const options = { inputIds: [inputIds], maxNewTokens: 90, tokenizer: nano.tokenizer, tokenHealing: true };
    for (const more of [{}, { promptLookupNumTokens: 3 }, { doSample: true, seed: 2 }]) {
      const { sequences, endedBy } = await nano.model.generate({
        ...options,
        ...more,
        grammar: record(nano.tokenizer, "x"),
      });
      expect(endedBy).toEqual(["grammar"]);
      const whole = decode(sequences[0]!);
      expect(whole.startsWith(text)).toBe(true);
      expect(whole.slice(text.length)).toMatch(recordPattern("x"));
    }
  });

  test("a continuation that only a longer token can give is found", async () => {
    const whole = nano.tokenizer.encode("the installation", { addSpecialTokens: false });
    const text = decode(whole).slice(0, -3);
    const grammar = built(nano.tokenizer, (b) => b.terminal(b.regexes.literal("ion")));
    const { sequences } = await nano.model.generate({
      inputIds: [nano.tokenizer.encode(text)],
      grammar,
      maxNewTokens: 9,
      tokenizer: nano.tokenizer,
      tokenHealing: true,
    });
    expect(decode(sequences[0]!)).toBe("the installation");
  });

  test("streamText tells the new characters alone", async () => {
    for (const text of texts) {
      const options = { tokenizer: nano.tokenizer, maxNewTokens: 8, tokenHealing: true };
      const parts: string[] = [];
      for await (const part of nano.model.streamText(text, options)) parts.push(part);
      const inputIds = [nano.tokenizer.encode(text)];
      const { sequences } = await nano.model.generate({ ...options, inputIds });
      expect(text + parts.join("")).toBe(decode(sequences[0]!));
    }
  });

  test("a tokenizer is needed", async () => {
    await expect(nano.model.generate({ inputIds: [[1, 5]], tokenHealing: true })).rejects.toBeInstanceOf(
      GenerationError,
    );
  });
});
