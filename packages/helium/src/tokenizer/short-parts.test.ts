import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenizerError } from "../errors.ts";
import { ShortParts } from "./short-parts.ts";
import { AlignedText } from "./aligned-text.ts";
import { JsonNode } from "./json-node.ts";
import { finish } from "./encode-batch.ts";
import { Pipeline, readPipeline, type PipelineParts } from "./pipeline.ts";
import { Tokenizer } from "./tokenizer.ts";

const lineBreak = { id: 9, content: "\n", special: false, normalized: false };
const file = {
  added_tokens: [lineBreak],
  model: { type: "BPE", vocab: { "▁": 0, a: 1, "😀": 2, "▁a": 3 }, merges: ["▁ a"] },
};

/** A pipeline that counts the pieces that reach its model. */
const counting = (normalizer: object): { readonly pipeline: Pipeline; readonly pieces: () => number } => {
  let pieces = 0;
  const parts = readPipeline(new JsonNode({ ...file, normalizer }, "tokenizer.json"));
  const { model } = parts;
  const counted: PipelineParts["model"] = {
    vocab: model.vocab,
    vocabSize: model.vocabSize,
    idToToken: (id) => model.idToToken(id),
    tokenize: (text, emit) => {
      pieces++;
      model.tokenize(text, emit);
    },
  };
  return { pipeline: new Pipeline({ ...parts, model: counted }), pieces: () => pieces };
};

const prepend = { type: "Prepend", prepend: "▁" };

describe("ShortParts", () => {
  it("has a thousand lines of one kind cut once", () => {
    const { pipeline, pieces } = counting(prepend);
    const { ids, starts, ends } = finish(pipeline.encode("a😀\n".repeat(1000), 0, false));
    // Once at the start of the text, where a prefix may be another, and once after.
    expect(pieces()).toBe(2);
    expect(ids).toEqual(Array.from({ length: 1000 }, () => [3, 2, 9]).flat());
    expect(starts).toEqual(Array.from({ length: 1000 }, (_, line) => [3 * line, 3 * line + 1, 3 * line + 2]).flat());
    expect(ends).toEqual(Array.from({ length: 1000 }, (_, line) => [3 * line + 1, 3 * line + 2, 3 * line + 3]).flat());
  });

  it("limits how much repeated parts grow together, too", () => {
    const { pipeline } = counting({ type: "Replace", pattern: { String: "a" }, content: "▁".repeat(60_000) });
    expect(() => finish(pipeline.encode("a\n", 0, false))).not.toThrow();
    expect(() => finish(pipeline.encode("a\n".repeat(1000), 0, false))).toThrow(TokenizerError);
    const short = counting({ type: "Replace", pattern: { String: "a" }, content: "▁".repeat(60) });
    expect(() => finish(short.pipeline.encode(`${"aaa\n".repeat(1000)}`, 0, false))).not.toThrow();
  });

  it("takes no long part, and none at the start of a text", () => {
    const parts = new ShortParts();
    const text = AlignedText.of(`a${"b".repeat(40)}`);
    expect(
      [text.slice(0, 1), text.slice(1, 2), text.slice(1, 33), text.slice(1, 34)].map((part) => parts.takes(part)),
    ).toEqual([false, true, true, false]);
  });

  it("changes no token and no place, whatever was encoded before", () => {
    const json = readFileSync(new URL("../../../../models/helium-nano/tokenizer.json", import.meta.url), "utf8");
    const warm = Tokenizer.fromJSON(json);
    const line = fc.string({ unit: fc.constantFrom("a", " ", "the", "é", "😀", "\u0301", "<s>", "\t"), maxLength: 8 });
    const options = { returnOffsetsMapping: true, returnTokens: true } as const;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, splitSpecialTokens) => {
        const text = lines.join("\n");
        const given = { ...options, splitSpecialTokens };
        // Only what comes again is looked up, so a fresh tokenizer looks up nothing of distinct lines.
        const distinct = new Set(lines).size === lines.length;
        const fresh = distinct ? Tokenizer.fromJSON(json) : warm;
        expect(warm(text, given)).toEqual(fresh(text, given));
      }),
      { seed: 11, numRuns: 10 },
    );
  });
});
