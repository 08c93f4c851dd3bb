import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/index.ts";
import { capturedIo } from "../captured-io.ts";
import { writeChatModel } from "../../../../testing/chat-model.ts";
import { helium } from "../run-helium.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-chat-"));
const chatting = join(scratch, "chatting");
beforeAll(() => void writeChatModel(chatting));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Answer {
  readonly content: string;
  readonly promptTokens: number;
  readonly computedTokens: number;
}

const answersIn = (out: string): Answer[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);

describe("helium chat", () => {
  const short = ["--max-new-tokens", "5", "--greedy", "--backend", "cpu"];

  it("answers the lines of stdin, one after the other, until /exit", async () => {
    const stdin = ["Hello\nand", " you?\n\n", "/reset\nHello\n/exit\nnever read\n"];
    const { code, out, err } = await helium(["chat", chatting, "--json", ...short], { stdin });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [one, two, three, ...more] = answersIn(out);
    expect(more).toEqual([]);
    expect(two!.computedTokens).toBeLessThan(two!.promptTokens);
    expect(three).toEqual(one);
  });

  it("writes answers as plain lines", async () => {
    const { code, out } = await helium(["chat", "--model", chatting, ...short], { stdin: ["Hello\n", "again"] });
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(3);
  });

  it("says that a base model goes on with the text", async () => {
    const { code, out, err } = await helium(["chat", ...short], { stdin: ["Once upon a time\n"] });
    expect(code).toBe(0);
    expect(err).toMatch(/helium-nano has no chat template: it continues your text instead of answering/);
    const direct = await helium(["generate", "Once upon a time", ...short], {});
    expect(direct.out.trim().endsWith(out.trim())).toBe(true);
  });

  it("names what a template refuses and an unknown command, and reads on", async () => {
    const { code, out, err } = await helium(["chat", chatting, "--json", ...short], {
      stdin: ["refuse\n/hepl\nHello\n"],
    });
    expect(code).toBe(0);
    expect(err).toMatch(/chat template: refuses the messages: not that\n\/hepl: is no command; did you mean \/help\?/);
    expect(answersIn(out)).toHaveLength(1);
  });

  it("an interrupt stops the answer, not the program", async () => {
    let interrupt: (() => void) | undefined;
    let isStopped = false;
    const io = capturedIo({
      stdin: ["Hello\n", "again\n"],
      onWrite: () => {
        if (!isStopped) interrupt?.();
        isStopped = true;
      },
    });
    const taking = {
      ...io,
      onInterrupt: (handler: () => void) => {
        interrupt = handler;
        return () => {
          interrupt = undefined;
        };
      },
    };
    const argv = ["chat", chatting, "--greedy", "--max-new-tokens", "30", "--backend", "cpu"];
    expect(await run(argv, taking)).toBe(0);
    expect(interrupt).toBeUndefined();
    const [first = "", second = ""] = io.out().split("\n");
    expect(first.length).toBeGreaterThan(0);
    expect(second.length).toBeGreaterThan(first.length);
  });

  it.each([
    ["two models", ["chat", "a", "b"], /takes one model, but 2 were given/],
    ["a model twice", ["chat", "a", "--model", "b"], /not both/],
    ["a system message without a template", ["chat", "--system", "x"], /--system needs a model with a chat template/],
  ])("refuses %s", async (_, argv, message) => {
    const { code, err } = await helium(argv, { stdin: [] });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
