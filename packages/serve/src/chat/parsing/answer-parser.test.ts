import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderCalls, type WrittenCall } from "../formats/render-calls.ts";
import { isUnmarked, markersOf } from "../formats/tool-call-format.ts";
import { taggedObjects, toolCallFormats } from "../formats/tool-call-formats.ts";
import { AnswerParser, type AnswerParts } from "./answer-parser.ts";

/** What an answer was read as. */
interface Answer {
  reasoning: string;
  content: string;
  calls: { name: string; arguments: string }[];
}

/** Reads a text that comes in parts, cut at these places. */
function read(parts: AnswerParts, text: string, cuts: readonly number[] = []): Answer {
  const parser = new AnswerParser(parts);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort((a, b) => a - b);
  const found = places.slice(1).flatMap((end, i) => parser.push(text.slice(places[i], end)));
  const answer: Answer = { reasoning: "", content: "", calls: [] };
  for (const part of [...found, ...parser.flush()])
    if (part.kind === "tool-call") answer.calls.push({ name: part.name, arguments: "" });
    else if (part.kind === "tool-arguments") (answer.calls.at(-1) ?? { arguments: "" }).arguments += part.text;
    else answer[part.kind] += part.text;
  return answer;
}

const names = ["get", "get_weather", "f-1"];
const thoughts = { open: "<think>", close: "</think>", hasBegun: false };
const cuts = fc.array(fc.nat(400), { maxLength: 40 });
const call = fc.record({
  name: fc.constantFrom(...names),
  arguments: fc
    .dictionary(fc.string({ unit: "grapheme", maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
    .map((value) => JSON.stringify(value)),
});
/** Words in which no mark can stand, and nothing that looks like a call. */
const words = fc
  .array(fc.constantFrom("a", "é", " ", "\n", "<", ">", "[", "]", "<tool", "_call", "TOOL_CALLS", "name", "😀", "<|"), {
    maxLength: 20,
  })
  .map((all) => all.join(""));

describe.each(toolCallFormats.map((format) => [format.name, format] as const))("%s", (_, format) => {
  const parts: AnswerParts = { format, names, thoughts: null };
  const most = format.separator === null ? 1 : 4;

  test("any calls, cut anywhere, are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: most }), cuts, (calls, places) => {
        expect(read(parts, renderCalls(format, calls), places)).toEqual({ reasoning: "", content: "", calls });
      }),
      { numRuns: 200, seed: 16 },
    );
  });

  test("thoughts, text and calls are told apart", () => {
    const before = isUnmarked(format) ? fc.constant("") : words.filter((text) => isPlain(text));
    fc.assert(
      fc.property(
        words.filter((text) => !text.includes("</think>")),
        before,
        fc.array(call, { minLength: 1, maxLength: most }),
        cuts,
        (reasoning, content, calls, places) => {
          const text = `<think>\n${reasoning}\n</think>\n\n${content}\n${renderCalls(format, calls)}\n`;
          expect(read({ ...parts, thoughts }, text, places)).toEqual({
            reasoning: reasoning.trim(),
            content: content.trim(),
            calls,
          });
        },
      ),
      { numRuns: 200, seed: 16 },
    );
  });

  const isPlain = (text: string): boolean => markersOf(format).every((marker) => !`${text} `.includes(marker));

  test("a text without calls is what it was", () => {
    fc.assert(
      fc.property(words, cuts, (text, places) => {
        expect(read(parts, text, places)).toEqual({ reasoning: "", content: text, calls: [] });
      }),
      { numRuns: 200, seed: 16 },
    );
  });

  test("what is cut off is content before the arguments begin, and from then on as much of a call as there is", () => {
    const written: WrittenCall = { name: "get_weather", arguments: '{"city": "Oslo \\"x\\" }", "n": [1, {"a": 2}]}' };
    const text = renderCalls(format, [written]);
    const start = text.indexOf(written.arguments);
    for (let length = 0; length < text.length; length++) {
      const { content, calls } = read(parts, text.slice(0, length));
      if (length <= start) expect([content, calls]).toEqual([text.slice(0, length), []]);
      else
        expect([content, calls]).toEqual([
          "",
          [{ ...written, arguments: text.slice(start, length).slice(0, written.arguments.length) }],
        ]);
    }
  });

  test("a tool that is not there is no call", () => {
    const text = renderCalls(format, [{ name: "other", arguments: "{}" }]);
    expect(read(parts, text)).toEqual({ reasoning: "", content: text, calls: [] });
  });
});

describe("marks", () => {
  const parts: AnswerParts = { format: taggedObjects, names, thoughts };
  const oneCall = '<tool_call>\n{"name": "get", "arguments": {}}\n</tool_call>';

  test.each<[string, string, Partial<Answer>]>([
    [
      "keys in another order",
      '<tool_call>{"arguments": {"a": 1}, "id": [1], "name": "get"}</tool_call>',
      { calls: [{ name: "get", arguments: '{"a": 1}' }] },
    ],
    ["text behind calls", `${oneCall}\nDone. `, { content: "Done. ", calls: [{ name: "get", arguments: "{}" }] }],
    ["a mark that is none", "see <tool_call> <tool_call>x", { content: "see <tool_call> <tool_call>x" }],
    [
      "a call behind a mark that is none",
      `<tool_call> ${oneCall}`,
      { content: "<tool_call>", calls: [{ name: "get", arguments: "{}" }] },
    ],
    ["thoughts alone", "<think>\nhm ", { reasoning: "hm" }],
    ["a call in thoughts", `<think>${oneCall}</think>ok`, { reasoning: oneCall, content: "ok" }],
    ["thoughts later on", "a<think>b</think>", { content: "a<think>b</think>" }],
    ["white space alone", " \n", { content: " \n" }],
  ])("%s", (_, text, expected) => {
    const all = { reasoning: "", content: "", calls: [], ...expected };
    expect(read(parts, text)).toEqual(all);
    expect(
      read(
        parts,
        text,
        Array.from({ length: text.length }, (__, at) => at),
      ),
    ).toEqual(all);
  });

  test("thoughts that the prompt has begun", () => {
    const begun: AnswerParts = { ...parts, thoughts: { ...thoughts, hasBegun: true } };
    expect(read(begun, "hm\n</think>\n\nYes")).toEqual({ reasoning: "hm", content: "Yes", calls: [] });
  });

  test("what is certain is told at once", () => {
    const parser = new AnswerParser({ ...parts, thoughts: null });
    expect(parser.push("Hello <to")).toEqual([{ kind: "content", text: "Hello" }]);
    expect(parser.push("y>")).toEqual([{ kind: "content", text: " <toy>" }]);
    expect(parser.push('<tool_call>{"name": "get", "arguments": {"a')).toEqual([
      { kind: "tool-call", name: "get" },
      { kind: "tool-arguments", text: '{"a' },
    ]);
  });
});
