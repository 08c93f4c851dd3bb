import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineEditor, type LineRead } from "../../src/terminal/editor/line-editor.ts";
import { pasted, press, typed, type Key } from "../../src/terminal/key.ts";
import { EmulatedTerminal } from "../emulated-terminal.ts";

const row = (text: string) => ({ text, width: text.length });

function open(terminal: EmulatedTerminal): LineEditor {
  return new LineEditor(terminal, {
    prompts: { first: row("> "), next: row("  ") },
    complete: (text) =>
      text.startsWith("/s") ? { start: 0, candidates: ["/save", "/set"].filter((one) => one.startsWith(text)) } : null,
    describeChoices: (choices) => [choices.join("  ")],
  });
}

interface Written {
  readonly terminal: EmulatedTerminal;
  readonly read: LineRead | null;
}

/** What is shown after some keys, each of them drawn. */
async function written(
  keys: readonly Key[],
  history: readonly string[] = [],
  size: readonly [number, number] = [40, 12],
): Promise<Written> {
  const terminal = new EmulatedTerminal(...size);
  using editor = open(terminal);
  let read: LineRead | null = null;
  void editor.read(history).then((given) => (read = given));
  for (const key of keys) {
    terminal.press(key);
    await Promise.resolve();
  }
  await terminal.text();
  return { terminal, read };
}

describe("LineEditor", () => {
  it("shows what is written, with the cursor in its place", async () => {
    const { terminal } = await written([typed("hello 世界"), press("left")]);
    expect(await terminal.text()).toBe("> hello 世界");
    expect(await terminal.cursor()).toEqual({ row: 0, column: 10 });
  });

  it("breaks lines that are too long, and shows the lines of a paste", async () => {
    const { terminal, read } = await written([typed("x".repeat(50)), press("C-a"), pasted("one\ntwo\n")]);
    expect(await terminal.text()).toBe(`> one\n  two${"x".repeat(34)}\n  ${"x".repeat(16)}`);
    expect(await terminal.cursor()).toEqual({ row: 1, column: 5 });
    expect(read).toBeNull();
  });

  it("sends a text of many lines as one", async () => {
    const { read, terminal } = await written([pasted("one\ntwo"), press("return")]);
    expect(read).toEqual({ kind: "text", text: "one\ntwo" });
    expect(await terminal.cursor()).toEqual({ row: 2, column: 0 });
  });

  it("shows a search, and what it finds", async () => {
    const { terminal, read } = await written([press("C-r"), typed("sea")], ["the sea", "the land"]);
    expect(await terminal.text()).toBe("search: sea  the sea");
    expect(read).toBeNull();
    const taken = await written([press("C-r"), typed("sea"), press("return")], ["the sea", "the land"]);
    expect(taken.read).toEqual({ kind: "text", text: "the sea" });
    expect(await taken.terminal.text()).toBe("> the sea");
  });

  it("completes, and lists what there is to choose from", async () => {
    const { terminal } = await written([typed("/s"), press("tab")]);
    expect(await terminal.text()).toBe("> /s\n/save  /set\n> /s");
    const { terminal: other } = await written([typed("/sa"), press("tab"), typed("x")]);
    expect(await other.text()).toBe("> /save x");
  });

  it("drops a text at Ctrl-C, tells one on an empty line, and ends at Ctrl-D", async () => {
    const { terminal, read } = await written([typed("abc"), press("C-c"), typed("d")]);
    expect([await terminal.text(), read]).toEqual(["> abc\n> d", null]);
    expect((await written([press("C-c")])).read).toEqual({ kind: "interrupt" });
    expect((await written([press("C-d")])).read).toEqual({ kind: "end" });
  });

  it("keeps what is typed ahead for the next text, but not what came before Ctrl-C", async () => {
    const terminal = new EmulatedTerminal();
    using editor = open(terminal);
    terminal.press(typed("one"), press("return"), typed("two"));
    expect(await editor.read([])).toEqual({ kind: "text", text: "one" });
    let interrupts = 0;
    const release = editor.onInterrupt(() => interrupts++);
    terminal.press(typed("lost"), press("C-c"), typed("kept"), press("return"));
    release();
    expect([await editor.read([]), interrupts]).toEqual([{ kind: "text", text: "kept" }, 1]);
  });

  it("goes to the shell at Ctrl-Z, and comes back with what was written", async () => {
    const { terminal } = await written([typed("abc"), press("C-z")]);
    expect(terminal.suspended).toBe(1);
    expect(await terminal.text()).toBe("> abc\n> abc");
  });

  it("ends with the signal", async () => {
    const stop = new AbortController();
    using editor = open(new EmulatedTerminal());
    const read = editor.read([], stop.signal);
    stop.abort(new Error("enough"));
    await expect(read).rejects.toThrow("enough");
  });

  it.each([
    [60, 12],
    [20, 12],
    [9, 6],
  ])("draws anew in %d columns", async (columns, rows) => {
    const { terminal } = await written([typed("word ".repeat(9)), press("C-left")]);
    const release = terminal.onResize(() => undefined);
    await terminal.resize(columns, rows);
    await Promise.resolve();
    release();
    const shown = (await terminal.text()).replace(/\s+/g, "");
    // As much as the screen has room for.
    expect(`>${"word".repeat(9)}`).toContain(shown);
    expect(shown.length).toBeGreaterThan(20);
    if (columns > 9) expect(shown).toBe(`>${"word".repeat(9)}`);
  });

  it("draws anew in one piece: the screen is never seen without what is written", async () => {
    const { terminal } = await written([typed("word ".repeat(9))]);
    const before = terminal.pieces.length;
    await terminal.resize(20, 12);
    expect(terminal.pieces.slice(before)).toHaveLength(1);
  });

  const text = fc.string({ unit: fc.constantFrom("a", "b ", "世", "e\u0301", "\n"), minLength: 1, maxLength: 8 });
  const edit = fc.oneof(
    { weight: 3, arbitrary: text.map(typed) },
    text.map(pasted),
    fc
      .constantFrom(
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "backspace",
        "C-w",
        "C-k",
        "C-y",
        "M-return",
        "C-left",
        "delete",
      )
      .map(press),
  );

  it("shows the same, drawn key by key or once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 25 }), fc.integer({ min: 4, max: 30 }), async (keys, columns) => {
        const size = [columns, 60] as const;
        const { terminal: stepwise } = await written(keys, [], size);
        const once = new EmulatedTerminal(...size);
        using editor = open(once);
        void editor.read([]);
        once.press(...keys);
        expect(await once.text()).toBe(await stepwise.text());
        expect(await once.cursor()).toEqual(await stepwise.cursor());
      }),
      { seed: 1, numRuns: 80 },
    );
  });
});
