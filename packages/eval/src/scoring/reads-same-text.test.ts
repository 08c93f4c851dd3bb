import { expect, test } from "vitest";
import { readsSameText } from "./reads-same-text.ts";

const own = "Question: Which planet is the largest?\nAnswer: Jupiter";

test.each<[string, string, boolean | null]>([
  ["with special tokens and a token more", `<s>${own} is`, true],
  ["with spaces cleaned up", own.replaceAll("\n", " ").replace(" the ", "  the "), true],
  ["of another vocabulary", "ment Qu 3ad lation ser▁ dieWhich 00 ur", false],
  ["none", "", false],
])("an echo %s", (_, echo, expected) => expect(readsSameText(own, echo)).toBe(expected));

test("too few words do not tell", () => expect(readsSameText("1 + 1 = two", "anything")).toBeNull());
