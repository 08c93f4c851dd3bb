import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeChatModel, writeOnlyAnswer } from "../../../../testing/chat-model.ts";
import { helium, type Ran } from "../run-helium.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-chat-commands-"));
const chatting = join(scratch, "chatting");
beforeAll(() => void writeChatModel(chatting));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a chat says to lines that are piped in. */
const chat = (lines: readonly string[], ...args: string[]): Promise<Ran> =>
  helium(["chat", chatting, "--greedy", "--backend", "cpu", "--max-new-tokens", "3", ...args], {
    stdin: lines.map((line) => `${line}\n`),
  });

interface Saved {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [name: string]: unknown;
}
const savedIn = (path: string): Saved => JSON.parse(readFileSync(path, "utf8")) as Saved;

it("takes back, answers again, and changes the system message", async () => {
  const path = join(scratch, "turns.json");
  const { code, out, err } = await chat([
    ...["/undo", "/regenerate", "Hello", "again", "/undo", "/regenerate"],
    ...["/system Be brief", "/system", `/save ${path}`, '/system ""', "/system", "/clear", `/save ${path}`],
  ]);
  expect(code).toBe(0);
  expect(err).toMatch(/\/undo: has nothing to take back.*\n\/regenerate: has nothing to answer again/);
  expect(err).toContain("taken back: again");
  expect(err).toContain("the same answer is likely; /set temperature 0.7 makes others");
  expect(err).toMatch(/system message is set\nBe brief\nsaved 3 messages/);
  expect(err).toMatch(
    /system message is gone\nthere is no system message\nthe conversation is forgotten\n\/save: has nothing/,
  );
  const [hello, , again] = out.split("\n");
  expect(again).toBe(hello);
  expect(savedIn(path).messages).toEqual([
    { role: "system", content: "Be brief" },
    { role: "user", content: "Hello" },
    { role: "assistant", content: hello },
  ]);
});

it("samples another answer when asked again, and the same from the same seed", async () => {
  const lines = [
    "/set temperature 5",
    "/set seed 7",
    "/set max-new-tokens 12",
    "Hello",
    "/regenerate",
    "/regenerate",
    "/clear",
    "Hello",
  ];
  const { out } = await chat(lines);
  const [one, two, three, four] = out.trimEnd().split("\n");
  expect(new Set([one, two, three]).size).toBe(3);
  expect(four).toBe(one);
});

it("saves a conversation, goes on with it in another session, and is as it was where a file is none", async () => {
  const path = join(scratch, "kept.json");
  const first = await chat(["/set num_predict 5", "Hello", "again", `/save ${path}`, "third"]);
  expect(savedIn(path)).toMatchObject({ model: chatting, temperature: 0, max_tokens: 5 });
  expect(savedIn(path).messages).toHaveLength(4);
  const broken = join(scratch, "broken.json");
  writeFileSync(broken, '{"messages": [{"role": "user"}]}');
  const refused = join(scratch, "refused.json");
  writeFileSync(refused, '{"messages": [{"role": "user", "content": "refuse"}]}');
  const loads = [broken, refused, ""].map((name) => `/load ${name}`);
  const second = await chat(["/set temperature 5", "/set top_p 0.5", `/load ${path}`, ...loads, "/show", "third"]);
  expect(second.err).toContain(`loaded 4 messages from ${path}`);
  expect(second.err).toMatch(/messages\[0\]\.content is missing/);
  expect(second.err).toMatch(/refuses the messages: not that/);
  expect(second.err).toMatch(/\/load: needs the name of a file/);
  expect(second.err).toMatch(/temperature +0 .*\n.*\n +top-p +default/);
  expect(second.out.trimEnd()).toBe(first.out.trimEnd().split("\n").at(-1));
});

it("shows the figures of an answer, and how full the context is", async () => {
  const { err } = await chat(["/stats", "Hello", "again", "/stats", "/set verbose on", "more"]);
  expect(err).toMatch(/^context {2}0 of 1,024 tokens \(0\.0 %\)$/m);
  expect(err).toMatch(/^prompt {3}\d+ tokens, \d+ of them cached$/m);
  expect(err).toMatch(/^answer {3}3 tokens in [\d.]+ s, [\d,.]+ tok\/s, the first after [\d.]+ s$/m);
  expect(err).toMatch(/^all {6}2 answers, 6 tokens in [\d.]+ s$/m);
  expect(err).toMatch(/^all {6}3 answers, 9 tokens/m);
});

it("says that the context is almost full before it is, and what can be done when it is", async () => {
  const long = "word ".repeat(840).trim();
  const lines = [long, long, "/undo", "Hello"];
  const { err, out } = await chat(lines, "--max-new-tokens", "100", "--backend", "wasm", "--threads", "1");
  expect(err).toMatch(
    /the context is almost full: 9\d\d of 1,024 tokens \(9\d\.\d %\); \/undo takes the last message back/,
  );
  expect(err).toMatch(/^taken back: (word )+…$/m);
  expect(err).toMatch(/would have \d+ tokens, and the model's context holds 1024: it was not sent; \/undo takes/);
  expect(out.trimEnd().split("\n").length).toBeGreaterThanOrEqual(2);
});

it("writes thoughts as they are into a pipe, apart in JSON, or leaves them out", async () => {
  const thinking = writeChatModel(join(scratch, "thinking"), "thinking");
  const grammar = writeOnlyAnswer(join(scratch, "thoughts.gbnf"), "<think>\nhm\n</think>\n\nYes.");
  const ask = async (...args: string[]): Promise<Ran> =>
    helium(
      ["chat", thinking, "--greedy", "--backend", "cpu", "--max-new-tokens", "60", "--grammar", grammar, ...args],
      { stdin: ["Go\n"] },
    );
  expect((await ask()).out).toBe("<think>\nhm\n</think>\n\nYes.\n");
  expect((await ask("--hide-thoughts")).out).toBe("Yes.\n");
  const { content, reasoning } = JSON.parse((await ask("--json")).out) as Record<string, unknown>;
  expect([content, reasoning]).toEqual(["Yes.", "hm"]);
});

it.each([
  ["/set", /settings:\n {2}temperature {5}0 /],
  ["/set nothing 1", /\/set: knows no "nothing"; expected temperature, .*did you mean /],
  ["/set seed", /\/set: needs a value: \/set seed VALUE/],
  ["/set seed x", /\/set seed: is "x"; expected a whole number from 0 to \d+, or default/],
  ["/set think maybe", /\/set think: is "maybe"; expected one of on, off, or default/],
  ["/show", /model {5}.*chatting \(cpu\)\ncontext {3}0 of 1,024 tokens.*\nmessages {2}0\nsystem {4}none/],
  ["/hlep", /\/hlep: is no command; did you mean \/help\?/],
])("%s", async (line, message) => {
  const { code, err } = await chat([line]);
  expect(code).toBe(0);
  expect(err).toMatch(message);
});
