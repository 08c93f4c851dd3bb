import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ChatHistory, historyPath } from "./history-file.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-history-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, `${files++}`, "history.jsonl");

describe("ChatHistory", () => {
  it("gives the next session what was added, line breaks too, for its owner only", () => {
    const path = fresh();
    const history = ChatHistory.open(path);
    for (const text of ["one", "two\nlines", "two\nlines", "  ", "three"]) history.add(text);
    expect(history.entries).toEqual(["one", "two\nlines", "three"]);
    expect(ChatHistory.open(path).entries).toEqual(history.entries);
    expect([statSync(path).mode & 0o777, statSync(join(path, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
    chmodSync(path, 0o644);
    ChatHistory.open(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("lets several sessions add side by side", () => {
    const path = fresh();
    const [one, other] = [ChatHistory.open(path), ChatHistory.open(path)];
    one.add("a");
    other.add("b");
    one.add("c");
    expect(ChatHistory.open(path).entries).toEqual(["a", "b", "c"]);
    expect(one.entries).toEqual(["a", "c"]);
  });

  it("keeps a thousand messages, none of them huge", () => {
    const path = fresh();
    const first = ChatHistory.open(path);
    first.add("x".repeat(200_000));
    expect(first.entries).toHaveLength(1);
    appendFileSync(path, Array.from({ length: 2500 }, (_, index) => `"m${index}"\n`).join(""));
    const { entries } = ChatHistory.open(path);
    expect([entries.length, entries[0], entries.at(-1)]).toEqual([1000, "m1500", "m2499"]);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(1001);
  });

  it("passes over lines that are damaged", () => {
    const path = fresh();
    ChatHistory.open(path).add("whole");
    appendFileSync(path, '{"no": "text"}\n"cut off');
    expect(ChatHistory.open(path).entries).toEqual(["whole"]);
  });

  it("goes on without a file where there can be none", () => {
    const blocked = join(folder, "blocked");
    writeFileSync(blocked, "");
    const history = ChatHistory.open(join(blocked, "helium", "history.jsonl"));
    history.add("one");
    expect(history.entries).toEqual(["one"]);
  });
});

it("is in the folder for the state of programs", () => {
  expect(historyPath({ XDG_STATE_HOME: "/s", HOME: "/h" }, "linux")).toBe("/s/helium/chat-history.jsonl");
  expect(historyPath({ HOME: "/h" }, "linux")).toBe("/h/.local/state/helium/chat-history.jsonl");
  expect(historyPath({ LOCALAPPDATA: "/l", HOME: "/h" }, "win32")).toBe("/l/helium/chat-history.jsonl");
});
