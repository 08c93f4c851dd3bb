import { describe, expect, test } from "vitest";
import { stopping, stoppingCriterion, Tokenizer, type StopStringTokenizer } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

const utf8 = new TextEncoder();

describe("stop strings", () => {
  /** A vocabulary of a few pieces, the way Unigram with byte fallback has them. */
  const pieces = ["<s>", "▁hello", "▁wor", "ld", ".", "▁", "ld!x", "<0xC3>", "<0xA9>", "▁caf", "lo", "hel", "é.", "or"];
  const tokenizer: StopStringTokenizer = {
    tokenBytes: (id) => {
      const piece = pieces[id] ?? "";
      const byte = /^<0x(..)>$/.exec(piece)?.[1];
      return byte === undefined ? utf8.encode(piece.replace("▁", " ")) : Uint8Array.of(Number.parseInt(byte, 16));
    },
  };
  const isMet = (strings: string[], ids: number[]): boolean =>
    stopping.stopStrings(strings, tokenizer).isMet([ids])[0] ?? false;

  test.each<[string, string[], number[], boolean]>([
    ["at the end of the last token", ["world"], [1, 2, 3], true],
    ["beyond which the last token goes on", ["world"], [1, 2, 6], true],
    ["that ended before the last token", ["world"], [1, 2, 3, 4], false],
    ["in one token", ["."], [1, 4], true],
    ["whose start is inside an earlier token", ["lo wor"], [1, 2], true],
    ["whose start is missing", ["xworld"], [1, 2, 3], false],
    ["with the space of a piece", ["hello world"], [0, 1, 2, 3], true],
    ["without a space that the text has", ["helloworld"], [1, 2, 3], false],
    ["of two bytes", ["é"], [9, 7, 8], true],
    ["of which a byte is missing", ["é"], [9, 7], false],
    ["of bytes and a piece", ["café"], [9, 7, 8], true],
    ["longer than the text", ["hello world."], [3, 4], false],
    ["one of several", ["nope", "ld"], [2, 3], true],
    ["inside the last token", ["d!"], [2, 6], true],
    ["of a special token", ["<s>"], [1, 0], true],
  ])("%s: %j", (_, strings, ids, expected) => expect(isMet(strings, ids)).toBe(expected));

  test("with a real tokenizer: the first token after which the text has the string, wherever it is split", () => {
    const real = Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json"));
    const { cases } = readFixture<{ cases: { text: string }[] }>("tokenizer/cases.json");
    let found = 0;
    for (const { text } of cases) {
      const ids = real.encode(text, { addSpecialTokens: false });
      const shown = real.decode(ids);
      const characters = [...shown];
      for (const stop of [characters.slice(2, 5).join(""), characters.slice(-2).join("")].filter((s) => s !== "")) {
        if (shown.includes("\ufffd") || stop.trim() === "") continue;
        const criterion = stopping.stopStrings([stop], real);
        const at = ids.findIndex((_, i) => criterion.isMet([ids.slice(0, i + 1)])[0]);
        // The text of a prefix may lack the last bytes of a character, but nothing before them.
        const first = ids.findIndex((_, i) => real.decode(ids.slice(0, i + 1)).includes(stop));
        expect([text, stop, at]).toEqual([text, stop, first]);
        found++;
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});

describe("stopping", () => {
  const opened = openFixtureModel("helium");
  const options = {
    generationConfig: {},
    inputIds: [
      [1, 57, 8, 91, 21],
      [57, 8, 91, 20, 33],
    ],
    maxNewTokens: 8,
    padTokenId: 3,
  };

  test("each row says what ended it, and the rest is padding", async () => {
    const { sequences, endedBy } = await opened.model.generate({
      ...options,
      eosTokenId: 88,
      stoppingCriteria: [stoppingCriterion("on94", (ids) => ids.at(-1) === 94)],
    });
    expect(endedBy).toEqual(["eosTokenId", "on94"]);
    expect(sequences.map((row) => row.slice(5))).toEqual([
      [36, 28, 9, 88],
      [35, 5, 94, 3],
    ]);
  });

  test("an eos in the last place counts as eos, no eos as the limit", async () => {
    const { endedBy } = await opened.model.generate({ ...options, maxNewTokens: 4, eosTokenId: 88 });
    expect(endedBy).toEqual(["eosTokenId", "maxLength"]);
  });

  test("no step begins after maxTime; the first one is always made", async () => {
    const { sequences, endedBy } = await opened.model.generate({ ...options, maxTime: 0, maxNewTokens: 1000 });
    expect(sequences.map((row) => row.length)).toEqual([6, 6]);
    expect(endedBy).toEqual(["maxTime", "maxTime"]);
    for await (const { finished } of opened.model.stream({ ...options, maxTime: 0 }))
      expect(finished).toEqual([false, false]);
  });

  test("stop strings end a row, in beam search a beam", async () => {
    const tokenizer = { tokenBytes: (id: number) => utf8.encode(`<${id}>`) };
    const stop = { ...options, tokenizer, stopStrings: "<28><9>" };
    const { sequences, endedBy } = await opened.model.generate(stop);
    expect([sequences[0]!.slice(5), endedBy[0]]).toEqual([[36, 28, 9, 3, 3, 3, 3, 3], "stopStrings"]);
    const beams = await opened.model.generate({
      ...stop,
      inputIds: [options.inputIds[0]!],
      eosTokenId: 96,
      numBeams: 3,
      lengthPenalty: -2,
    });
    expect(beams.sequences[0]!.slice(5)).toEqual([36, 28, 9]);
  });
});
