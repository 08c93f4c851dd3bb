import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pasted, press, typed, type Key } from "../key.ts";
import { graphemesOf } from "../rows/text-width.ts";
import { snapped } from "./boundaries.ts";
import { editKeys } from "./edits.ts";
import { newEditor, type EditorState } from "./editor-state.ts";
import { historyKeys } from "./history-keys.ts";
import { pressKey, type EditorWish } from "./press-key.ts";

/** Text with `|` for the cursor. */
const shown = ({ text, cursor }: EditorState): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

const from = (marked: string, history: readonly string[] = []): EditorState => ({
  ...newEditor(history),
  text: marked.replace("|", ""),
  cursor: marked.indexOf("|"),
});

const pressAll = (state: EditorState, ...keys: readonly (Key | string)[]): EditorState =>
  keys.reduce<EditorState>((now, key) => pressKey(now, typeof key === "string" ? press(key) : key).state, state);

const wishOf = (state: EditorState, key: string): EditorWish | null => pressKey(state, press(key)).wish;

describe("editing", () => {
  it.each([
    ["a|b", "left", "|ab"],
    ["|ab", "left", "|ab"],
    ["a|b", "right", "ab|"],
    ["one two|", "C-left", "one |two"],
    ["one, two|", "M-b", "one, |two"],
    ["|one two", "M-f", "one| two"],
    ["one\nt|wo", "home", "one\n|two"],
    ["o|ne\ntwo", "C-e", "one|\ntwo"],
    ["o|ne\ntwo", "M->", "one\ntwo|"],
    ["ab|c", "backspace", "a|c"],
    ["ab|c", "delete", "ab|"],
    ["ab|c", "C-d", "ab|"],
    ["one\n|two", "backspace", "one|two"],
    ["👩‍👩‍👧|x", "backspace", "|x"],
    ["|👩‍👩‍👧x", "right", "👩‍👩‍👧|x"],
    ["e\u0301|", "left", "|e\u0301"],
    ["🇩🇪🇫🇷|", "left", "🇩🇪|🇫🇷"],
    ["世界|", "backspace", "世|"],
    ["one tw|o", "C-k", "one tw|"],
    ["one|\ntwo", "C-k", "one|two"],
    ["one tw|o", "C-u", "|o"],
    ["one\n|two", "C-u", "one|two"],
    ["a/b c/d|", "C-w", "a/b |"],
    ["a/b c/d|", "M-backspace", "a/b c/|"],
    ["|one two", "M-d", "| two"],
    ["ab|c", "C-t", "acb|"],
    ["abc|", "C-t", "acb|"],
    ["|abc", "C-t", "|abc"],
    ["a|b", "C-j", "a\n|b"],
    ["a|b", "M-return", "a\n|b"],
    ["abc\nd|e", "up", "a|bc\nde"],
    ["abc|\nd", "down", "abc\nd|"],
    ["a|b", "f5", "a|b"],
  ])("%j and %s give %j", (before, key, after) => {
    expect(shown(pressAll(from(before), key))).toBe(after);
  });

  it("yanks what was cut, in its order", () => {
    expect(shown(pressAll(from("one two |three"), "C-w", "C-w", "C-k", "C-y", "C-y"))).toBe(
      "one two threeone two three|",
    );
    expect(shown(pressAll(from("one two|"), "C-w", "left", "C-w", "C-e", "C-y"))).toBe(" one|");
  });

  it("asks for what is not editing", () => {
    expect(wishOf(from("a|b"), "return")).toBe("submit");
    expect(wishOf(from("|"), "C-d")).toBe("end");
    expect(wishOf(from("a|"), "C-d")).toBeNull();
    expect(wishOf(from("a|"), "C-c")).toBe("interrupt");
    expect(wishOf(from("a|"), "C-l")).toBe("clear-screen");
    expect(wishOf(from("a|"), "C-z")).toBe("suspend");
    expect(wishOf(from("a|"), "tab")).toBe("complete");
  });

  it("goes on in the next line behind a backslash, and within quotes", () => {
    const line = pressAll(from("one\\|"), "return");
    expect(shown(line)).toBe("one\n|");
    expect(wishOf(from("one\\\\|"), "return")).toBe("submit");
    const block = pressAll(from('"""one|'), "return", typed("two"), typed('"""'));
    expect(block.text).toBe('"""one\ntwo"""');
    expect(wishOf(block, "return")).toBe("submit");
  });

  it("takes a paste as one piece of text, without what a terminal would obey", () => {
    const { state, wish } = pressKey(from("say |!"), pasted("one\r\ntwo\rthree\u001b[31m\u0007\t4\n\n"));
    expect([shown(state), wish]).toEqual(["say one\ntwo\nthree[31m\t4|!", null]);
  });
});

describe("history", () => {
  const history = ["first", "second one", "third\nline", "second two"];

  it("shows earlier messages, and keeps what was being written", () => {
    const state = from("dra|ft", history);
    expect(shown(pressAll(state, "up"))).toBe("second two|");
    expect(shown(pressAll(state, "up", "up"))).toBe("third\nline|");
    // Within a message of two lines, the first key moves.
    expect(shown(pressAll(state, "up", "up", "up"))).toBe("thir|d\nline");
    expect(shown(pressAll(state, "up", "up", "up", "up", "up", "up"))).toBe("first|");
    expect(shown(pressAll(state, "C-p", "C-p", "C-n", "C-n", "C-n"))).toBe("draft|");
  });

  it("finds earlier messages while a query is typed", () => {
    const state = pressAll(from("dra|ft", history), "C-r", typed("s"), typed("e"));
    expect(shown(state)).toBe("|second two");
    expect(shown(pressAll(state, "C-r"))).toBe("|second one");
    expect(shown(pressAll(state, "C-r", "C-s"))).toBe("|second two");
    expect(pressAll(state, "C-r", "C-r").search?.isFailing).toBe(true);
    expect(pressAll(state, typed("q")).search?.isFailing).toBe(true);
    expect(shown(pressAll(state, typed("q"), "backspace"))).toBe("|second two");
    expect(shown(pressAll(state, "C-g"))).toBe("dra|ft");
    expect(shown(pressAll(state, "C-c"))).toBe("dra|ft");
    const taken = pressAll(state, "C-e");
    expect([shown(taken), taken.search]).toEqual(["second two|", null]);
    expect(shown(pressAll(taken, "down"))).toBe("draft|");
    expect(wishOf(state, "return")).toBe("submit");
  });
});

const text = fc.string({
  unit: fc.constantFrom("a", "B", " ", "\n", "世", "👩‍👧", "e\u0301", "\u0301", "\u200d", "🇩", "\\", '"', "ｱ", "\t"),
  maxLength: 12,
});
const key = fc.oneof(
  { weight: 2, arbitrary: text.map(typed) },
  text.map(pasted),
  fc
    .constantFrom(
      ...Object.keys(editKeys),
      ...Object.keys(historyKeys),
      "return",
      "C-c",
      "C-d",
      "C-g",
      "C-s",
      "escape",
      "tab",
    )
    .map(press),
);

it("never loses its place, whatever is pressed", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.array(key, { maxLength: 40 }), (history, keys) => {
      let state = newEditor(history);
      for (const one of keys) {
        state = pressKey(state, one).state;
        expect(state.cursor).toBe(snapped(state.text, state.cursor));
        expect(state.cursor).toBeLessThanOrEqual(state.text.length);
        expect(state.shown).toBeLessThanOrEqual(history.length);
        expect(state.history).toBe(history);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

it("writes what is typed, and takes it back character by character", () => {
  fc.assert(
    fc.property(text, (given) => {
      const written = pressAll(newEditor([]), typed(given));
      expect(written.text).toBe(given);
      const count = given.split("\n").reduce((sum, line) => sum + graphemesOf(line).length + 1, -1);
      const back = pressAll(written, ...Array<string>(Math.max(0, count)).fill("backspace"));
      expect(back.text).toBe("");
    }),
    { seed: 1 },
  );
});

it("cuts and yanks without a loss", () => {
  fc.assert(
    fc.property(text, fc.constantFrom("C-k", "C-u", "C-w", "M-d", "M-backspace"), fc.nat(12), (given, cut, steps) => {
      const state = pressAll(newEditor([]), typed(given), ...Array<string>(steps).fill("left"));
      const after = pressAll(state, cut);
      if (after.text !== state.text) expect(pressAll(after, "C-y").text).toBe(state.text);
    }),
    { seed: 1 },
  );
});
