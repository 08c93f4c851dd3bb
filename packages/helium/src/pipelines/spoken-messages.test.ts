import { describe, expect, it } from "vitest";
import { SpokenMessages } from "./spoken-messages.ts";

/** A token for each character, behind a 1 where a text begins. */
const encode = (text: string, isFirst: boolean): readonly number[] => [
  ...(isFirst ? [1] : []),
  ...[...text].map((character) => character.charCodeAt(0)),
];

const conversation = [
  { role: "system", content: "kind" },
  { role: "user", content: "ab" },
  { role: "assistant", content: "c" },
  { role: "user", content: "d" },
] as const;

describe("the messages of a conversation", () => {
  it("are read as one text, which begins with the first that is no system message", () => {
    expect(SpokenMessages.of(conversation, encode).ids).toEqual([1, 97, 98, 99, 100]);
  });

  it("grow by one, and leave those of before as they were", () => {
    const before = SpokenMessages.beginning("kind");
    const after = before.with({ role: "user", content: "ab" }, [7, 8]);
    expect(before.messages).toEqual([{ role: "system", content: "kind" }]);
    expect(after.messages).toEqual(conversation.slice(0, 2));
    expect([before.ids, after.ids]).toEqual([[], [7, 8]]);
    expect(SpokenMessages.beginning(undefined).messages).toEqual([]);
  });

  it("go back to before the last question", () => {
    const spoken = SpokenMessages.of([...conversation, { role: "assistant", content: "e" }], encode);
    expect(spoken.lastAsked).toEqual({ index: 3, content: "d" });
    expect(spoken.before(3).messages).toEqual(conversation.slice(0, 3));
    expect(SpokenMessages.beginning("kind").lastAsked).toBeNull();
  });

  it("of several parts have no tokens of their own, and are no question to take back", () => {
    const parts = { role: "user", content: [{ type: "text", text: "ab" }] };
    const spoken = SpokenMessages.of([parts, { role: "assistant", content: "c" }], encode);
    expect(spoken.ids).toEqual([1, 99]);
    expect(spoken.lastAsked).toBeNull();
  });
});
