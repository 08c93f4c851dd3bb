import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkdownStream } from "../../src/terminal/markdown/markdown-stream.ts";
import type { Paint } from "../../src/terminal/markdown/spans.ts";
import { EmulatedTerminal } from "../emulated-terminal.ts";

const plain: Paint = { colours: false, links: false };
const coloured: Paint = { colours: true, links: false };

interface Shown {
  readonly text: string;
  readonly written: string;
}

async function shown(parts: readonly string[], paint: Paint, columns = 40, rows = 200): Promise<Shown> {
  const terminal = new EmulatedTerminal(columns, rows);
  const stream = new MarkdownStream(terminal, paint);
  for (const part of parts) stream.push(part);
  stream.end();
  return { text: await terminal.text(), written: terminal.pieces.join("") };
}

const sample = `# Title

A paragraph with **bold**, *italic*, ~~gone~~ and \`code\` that is long enough to be wrapped.
Second line.

- one
- two with a text that is too long for a single row of it
  1. nested
  2. more

  second paragraph
- [x] done

> quoted **text**
> > deeper

\`\`\`js
const x = "a  b";

if (x) y();
\`\`\`

| name | value |
|:-----|------:|
| a    | 1     |
| bb   | 22    |

---
See [the page](https://example.org/a), <https://example.org/b> &amp; 2 < 3 \\* 4.
`;

describe("MarkdownStream", () => {
  it("shows each kind of block", async () => {
    const { text } = await shown([sample], coloured);
    expect(text).toBe(`Title

A paragraph with bold, italic, gone and
code that is long enough to be wrapped.
Second line.

• one
• two with a text that is too long for
  a single row of it
  1. nested
  2. more

  second paragraph
• [x] done

│ quoted text
│ │ deeper

  js
  const x = "a  b";

  if (x) y();

name │ value
─────┼──────
a    │     1
bb   │    22

───────────────────────────────────────

See the page (https://example.org/a),
https://example.org/b & 2 < 3 * 4.`);
  });

  it("keeps the marks where there are no colours, and writes no escape sequence for them", async () => {
    const { text, written } = await shown([sample], plain);
    expect(text).toContain("# Title\n\nA paragraph with **bold**, *italic*,\n~~gone~~ and `code`");
    expect(text).toContain('```js\nconst x = "a  b";\n\nif (x) y();\n```');
    expect(written).not.toMatch(/\u001b\[[\d;]*m/);
  });

  it("links by OSC 8 where the terminal follows links", async () => {
    const { text, written } = await shown(["[the page](https://example.org/ä)"], { colours: true, links: true });
    expect(text).toBe("the page");
    expect(written).toContain("\u001b]8;;https://example.org/%C3%A4\u001b\\");
    const other = await shown(["[x](javascript:alert\\(1\\)) [y](file:///etc/passwd)"], { colours: true, links: true });
    expect(other.written).not.toContain("\u001b]8;;j");
    expect(other.written).not.toContain("\u001b]8;;f");
  });

  const inline = fc.constantFrom(
    "word",
    "**bold**",
    "*it*",
    "`code`",
    "世界",
    "e\u0301",
    "[a](http://b.c)",
    "5*3",
    "_x",
    "a_b_c",
    "&lt;",
  );
  const line = fc.array(inline, { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));
  const lines = (prefix: string) =>
    fc.array(line, { minLength: 1, maxLength: 4 }).map((all) => all.map((one) => prefix + one).join("\n"));
  const block = fc.oneof(
    lines(""),
    lines("- "),
    lines("> "),
    lines("1. "),
    line.map((text) => `## ${text}`),
    lines("").map((text) => `\`\`\`\n${text}\n\`\`\``),
    lines("    "),
    fc.constant("| a | b |\n|---|---|\n| 1 | 世 |\n| long cell in it | 2 |"),
    fc.constant("---"),
    line.map((text) => `${text}\n===`),
  );
  const document = fc
    .array(fc.tuple(block, fc.constantFrom("\n", "\n\n", "\n\n\n")), { maxLength: 6 })
    .map((blocks) => blocks.flat().join(""));

  /** The text in pieces of any size. */
  const inPieces = fc.tuple(document, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }));
  const cut = (text: string, sizes: readonly number[]): string[] => {
    const parts: string[] = [];
    for (let at = 0, turn = 0; at < text.length; turn++) {
      const size = sizes[turn % sizes.length] as number;
      parts.push(text.slice(at, at + size));
      at += size;
    }
    return parts;
  };

  it("shows the same, however the text comes, in any width", async () => {
    await fc.assert(
      fc.asyncProperty(inPieces, fc.integer({ min: 4, max: 60 }), async ([text, sizes], columns) => {
        const whole = await shown([text], coloured, columns);
        const streamed = await shown(cut(text, sizes), coloured, columns);
        expect(streamed.text).toBe(whole.text);
      }),
      { seed: 1, numRuns: 120 },
    );
  });

  it("writes a row of prose again only while it is the last", async () => {
    const words = "the quick brown fox jumps over the lazy dog ".repeat(20).split(/(?<= )/);
    const { written } = await shown(words, coloured);
    // No way up: every row but the open one stays.
    expect(written).not.toMatch(/\u001b\[\d*A/);
    expect(written).not.toContain("\u001b[J");
  });

  it("shows an answer that is longer than the screen once", async () => {
    const items = Array.from({ length: 60 }, (_, index) => `- item ${index}\n`);
    const { text } = await shown(items, coloured, 40, 10);
    expect(text).toBe(items.map((item) => item.trim().replace("- ", "• ")).join("\n"));
  });

  it("is laid out anew when the screen changes", async () => {
    const terminal = new EmulatedTerminal(60, 30);
    const stream = new MarkdownStream(terminal, coloured);
    stream.push(`# Title\n\n${"word ".repeat(30)}`);
    await terminal.resize(30, 30);
    const before = terminal.pieces.length;
    stream.redraw();
    // Nobody sees the screen without it.
    expect(terminal.pieces.slice(before)).toHaveLength(1);
    stream.push("and more.");
    stream.end();
    const rows = (await terminal.text()).split("\n");
    expect(rows[0]).toBe("Title");
    expect(rows.slice(2).join(" ").replace(/\s+/g, " ")).toBe(`${"word ".repeat(30)}and more.`);
    for (const row of rows) expect(row.length).toBeLessThan(30);
  });

  it.each([
    ["quotes within quotes", ">".repeat(20_000)],
    ["lists within lists", Array.from({ length: 300 }, (_, depth) => `${"  ".repeat(depth)}- x\n`).join("")],
    ["brackets", "[".repeat(5000)],
    ["stars", "*a **b ".repeat(1500)],
  ])("survives %s", async (_, text) => {
    const before = process.cpuUsage();
    expect((await shown([text.slice(0, 100), text.slice(100)], coloured)).text.length).toBeGreaterThan(10);
    // Of this process alone, whatever else the machine does.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(20);
  });
});

describe("what a model writes never drives the terminal", () => {
  const controls = fc.constantFrom(
    ...[
      "\u001b",
      "\u0007",
      "\u009b31m",
      "\u009d52;c;aGk=\u0007",
      "\u001b]52;c;aGk=\u0007",
      "\u001b[2J",
      "\u001b]0;title\u0007",
    ],
    ...["\u001bP", "\u0090", "\u0008", "\u007f", "\u0000", "\r", "\r\n", "&#27;[31m", "&#x1b;]52;c;aGk=&#7;", "\u0084"],
  );
  const around = fc.constantFrom(
    "a",
    "**",
    "`",
    "\n",
    "```\n",
    "[x](http://a/\u001b]8;;b)",
    "| ",
    "- ",
    "> ",
    "# ",
    "<b>",
    "![",
    "](",
  );

  it("in any Markdown, whole or in pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(controls, around), { maxLength: 30 }), fc.boolean(), (parts, links) => {
        let written = "";
        const screen = { columns: 30, rows: 10, write: (text: string) => void (written += text) };
        const stream = new MarkdownStream(screen, { colours: true, links });
        for (const part of parts) stream.push(part);
        stream.end();
        // What is ours: colours, moves up and down and to the side, clearing to the end, links to the web.
        const ours =
          /\u001b\[\d*(;\d+)*m|\u001b\[\d*[ABC]|\u001b\[[KJ]|\u001b\]8;;(https?:[\u0021-\u007e]*)?\u001b\\|\r\n?|\n/g;
        expect(written.replace(ours, "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
