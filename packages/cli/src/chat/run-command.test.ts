import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { messagesIn } from "./piped-messages.ts";
import { completeCommand, inputOf } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-complete-"));
mkdirSync(join(folder, "chats"));
writeFileSync(join(folder, "chat one.json"), "");
writeFileSync(join(folder, ".hidden"), "");
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["Hello", { kind: "message", text: "Hello" }],
  ["/undo", { kind: "command", name: "undo", argument: "" }],
  ["/SAVE  a b.json ", { kind: "command", name: "save", argument: "a b.json" }],
  ["/system one\ntwo", { kind: "command", name: "system", argument: "one\ntwo" }],
  ["/?", { kind: "command", name: "?", argument: "" }],
  ["//undo", { kind: "message", text: "/undo" }],
  ["/usr/bin is what?", { kind: "message", text: "/usr/bin is what?" }],
  ["/ is a slash", { kind: "message", text: "/ is a slash" }],
])("%j is what it looks like", (text, input) => {
  expect(inputOf(text)).toEqual(input);
});

describe("completeCommand", () => {
  it.each([
    ["hello", null],
    ["/un", ["/undo"]],
    ["/st", ["/stats"]],
    ["/set top", ["top-k", "top-p"]],
    ["/set thoughts o", ["thoughts on", "thoughts off"]],
    ["/set seed d", ["seed default"]],
    ["/undo x", []],
    ["/nothing x", []],
    [`/load ${folder}/c`, [`${folder}/chat one.json`, `${folder}/chats/`]],
    [`/save ${folder}/.`, [`${folder}/.hidden`]],
    [`/save ${folder}/none/`, []],
  ])("%j", (text, candidates) => {
    expect(completeCommand(text)?.candidates ?? null).toEqual(candidates);
  });
});

describe("messagesIn", () => {
  async function* lines(text: string): AsyncGenerator<string> {
    yield* text.split("\n");
  }
  it.each([
    ["one\n\n two \n", ["one", "two"]],
    ["one\\\ntwo\nthree", ["one\ntwo", "three"]],
    ["a\\\\\nb", ["a\\\\", "b"]],
    ['"""one\n\ntwo\\\n"""\nthree', ["one\n\ntwo\\", "three"]],
    ['"""one line"""\nnext', ["one line", "next"]],
    ['"""never\nended', ["never\nended"]],
    ["ends with\\", ["ends with"]],
  ])("%j", async (text, messages) => {
    const found: string[] = [];
    for await (const message of messagesIn(lines(text))) found.push(message);
    expect(found).toEqual(messages);
  });
});
