import { PassThrough } from "node:stream";
import { emitKeypressEvents } from "node:readline";
import { expect, it } from "vitest";
import { KeyReader, type NodeKey } from "./key-reader.ts";
import { pasted, press, typed, type Key } from "./key.ts";

/** Keys of what a terminal sends. */
function keysOf(...sent: readonly string[]): Key[] {
  const keys: Key[] = [];
  const reader = new KeyReader((key) => keys.push(key));
  const input = new PassThrough();
  emitKeypressEvents(input);
  input.on("keypress", (text: string | undefined, key: NodeKey) => reader.read(text, key));
  for (const part of sent) input.emit("data", Buffer.from(part));
  return keys;
}

it.each<[string, string, Key]>([
  ["a letter", "a", typed("a")],
  ["a capital", "A", typed("A")],
  ["a space", " ", typed(" ")],
  ["an umlaut", "ä", typed("ä")],
  ["an emoji", "😀", typed("😀")],
  ["Enter", "\r", press("return")],
  ["Ctrl-J", "\n", press("C-j")],
  ["Alt-Enter", "\u001b\r", press("M-return")],
  ["Shift-Enter of kitty", "\u001b[13;2u", press("M-return")],
  ["Up", "\u001b[A", press("up")],
  ["Ctrl-Right", "\u001b[1;5C", press("C-right")],
  ["Home", "\u001b[H", press("home")],
  ["Delete", "\u001b[3~", press("delete")],
  ["Backspace", "\u007f", press("backspace")],
  ["Alt-Backspace", "\u001b\u007f", press("M-backspace")],
  ["Alt-B", "\u001bb", press("M-b")],
  ["Ctrl-C", "\u0003", press("C-c")],
  ["Ctrl-R", "\u0012", press("C-r")],
  ["Tab", "\t", press("tab")],
])("knows %s", (_, sent, key) => {
  expect(keysOf(sent)).toEqual([key]);
});

it("makes one key of a paste, in however many pieces it comes", () => {
  const text = "one\rtwo\nthree\u001b[A\u0003 😀";
  expect(keysOf(`a\u001b[200~${text}\u001b[201~b`)).toEqual([typed("a"), pasted(text), typed("b")]);
  expect(keysOf("\u001b[200~one\r", "two", "\u001b[201~")).toEqual([pasted("one\rtwo")]);
  expect(keysOf("\u001b[200~\u001b[201~")).toEqual([]);
});
