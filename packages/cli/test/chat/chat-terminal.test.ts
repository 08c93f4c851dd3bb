import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";
import { TmuxTerminal, tmuxPath, type TmuxOptions } from "../../../../testing/tmux-terminal.ts";
import { writeChatModel, writeOnlyAnswer } from "../../../../testing/chat-model.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-terminal-"));
const chatting = join(scratch, "chatting");
const thinking = join(scratch, "thinking");
let program = "";
const isHere = tmuxPath() !== null;
if (!isHere && process.env["CI"]) throw new Error("tmux is missing; .ci/run installs it");

beforeAll(async () => {
  if (!isHere) return;
  writeChatModel(chatting);
  writeChatModel(thinking, "thinking");
  program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
});
afterAll(() => rmSync(scratch, { recursive: true }));

const state = join(scratch, "state");

/** `helium` in a terminal, with a history of its own. */
function helium(args: readonly string[], options: TmuxOptions = {}): TmuxTerminal {
  const env = { XDG_STATE_HOME: state, NO_COLOR: undefined, CI: undefined, ...options.env };
  return new TmuxTerminal([process.execPath, program, ...args], { cwd: scratch, ...options, env });
}

const chat = (args: readonly string[] = [], options: TmuxOptions = {}): TmuxTerminal =>
  helium(["chat", chatting, "--greedy", "--backend", "cpu", "--max-new-tokens", "4", ...args], options);

const isReady = /^>$/m;

/** A model that can only write `answer`. */
const answering = (answer: string): string[] => [
  ...["--max-new-tokens", "300", "--grammar", writeOnlyAnswer(join(scratch, `${Math.abs(hash(answer))}.gbnf`), answer)],
];
const hash = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);

/** More than a minute of writing, so that nobody who stops an answer comes too late. */
const endless = ["--max-new-tokens", "900", "--backend", "reference"];

/** Messages that the session has sent, from what it saved. */
async function saved(
  terminal: TmuxTerminal,
  name: string,
): Promise<readonly { readonly role: string; readonly content: string }[]> {
  terminal.type(`/save ${name}`);
  terminal.keys("Enter");
  await terminal.shows(new RegExp(`to ${name}`));
  const { messages } = JSON.parse(readFileSync(join(scratch, name), "utf8")) as {
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
  return messages;
}

describe.skipIf(!isHere)("helium chat in a terminal", () => {
  it("edits a line with the keys of readline, wide characters too", async () => {
    using terminal = chat(answering("Yes."));
    await terminal.shows(isReady);
    terminal.type("wold 世界");
    terminal.keys("M-b", "Left");
    terminal.keys("Left", "Left");
    terminal.type("r");
    terminal.keys("C-a");
    terminal.type("hello ");
    await terminal.shows(/^> hello world 世界$/m);
    await expect.poll(() => terminal.cursor.column).toBe(8);
    terminal.keys("C-k", "C-y", "C-e");
    terminal.type("x");
    terminal.keys("BSpace", "Enter");
    await terminal.shows(/^Yes\.\n\n>$/m);
    expect((await saved(terminal, "edited.json")).map(({ content }) => content)).toEqual(["hello world 世界", "Yes."]);
    terminal.keys("C-d");
    expect(await terminal.ends()).toBe(0);
  });

  it("takes messages of many lines, and a paste of many lines as one message that waits for Enter", async () => {
    using terminal = chat(answering("Yes."));
    await terminal.shows(isReady);
    terminal.type("one");
    terminal.keys("M-Enter");
    terminal.type("two");
    terminal.keys("C-j");
    terminal.type("three\\");
    terminal.keys("Enter");
    terminal.type("four");
    await terminal.shows(/^> one\n {2}two\n {2}three\n {2}four$/m);
    terminal.keys("Enter");
    await terminal.shows(/^Yes\.\n\n>$/m);
    terminal.paste("/exit\nfirst\nsecond 世界\n");
    await terminal.shows(/^> \/exit\n {2}first\n {2}second 世界$/m);
    terminal.keys("C-a", "Up", "Up");
    terminal.type("see ");
    terminal.keys("Enter");
    await terminal.shows(/second 世界\nYes\.\n\n>$/);
    terminal.type('"""');
    terminal.keys("Enter");
    terminal.type("a block");
    terminal.keys("Enter");
    terminal.type('"""');
    terminal.keys("Enter");
    await terminal.shows(/"""\nYes\.\n\n>$/);
    const asked = (await saved(terminal, "lines.json")).filter(({ role }) => role === "user");
    expect(asked.map(({ content }) => content)).toEqual([
      "one\ntwo\nthree\nfour",
      "see /exit\nfirst\nsecond 世界",
      "a block",
    ]);
  });

  it("keeps what was typed for the next session, for its owner only", async () => {
    {
      using terminal = chat(answering("Yes."));
      await terminal.shows(isReady);
      terminal.type("about the sea");
      terminal.keys("Enter");
      await terminal.shows(/Yes\.\n\n>$/);
      terminal.type("about the land");
      terminal.keys("Enter");
      await terminal.shows(/land\nYes\.\n\n>$/);
      terminal.keys("C-d");
      await terminal.ends();
    }
    const file = join(state, "helium", "chat-history.jsonl");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    using terminal = chat(answering("Yes."));
    await terminal.shows(isReady);
    terminal.keys("Up", "Up");
    await terminal.shows(/^> about the sea$/m);
    terminal.keys("Down");
    await terminal.shows(/^> about the land$/m);
    terminal.keys("Down", "C-r");
    terminal.type("SEA");
    await terminal.shows(/^search: SEA {2}about the sea$/m);
    terminal.keys("Enter");
    await terminal.shows(/^> about the sea\nYes\.\n\n>$/m);
  });

  it("stops an answer at Ctrl-C and keeps what was said; twice at an empty line ends", async () => {
    using terminal = chat([...endless, "--no-history"]);
    await terminal.shows(isReady);
    terminal.type("Tell me about the sea");
    terminal.keys("Enter");
    await terminal.shows(/the sea\n.+/);
    terminal.keys("C-c");
    await terminal.shows(/^stopped\n\n>$/m);
    const [, answer] = await saved(terminal, "stopped.json");
    expect(answer?.role).toBe("assistant");
    expect(answer?.content.length).toBeGreaterThan(0);
    terminal.type("half a line");
    terminal.keys("C-c");
    await terminal.shows(/^> half a line\n>$/m);
    terminal.keys("C-c");
    await terminal.shows(/^Ctrl-C again, Ctrl-D or \/exit ends\n>$/m);
    terminal.keys("C-c");
    expect(await terminal.ends()).toBe(0);
  });

  const markdown =
    "# Title\n\nSome **bold** and *light* `code`.\n\n- one\n- two\n\n```js\nlet x = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
  const rendered = `Title

Some bold and light code.

• one
• two

  js
  let x = 1;

a │ b
──┼──
1 │ 2`;

  it("shows Markdown, with its marks where there are no colours, and as it is written with --plain", async () => {
    {
      using terminal = chat([...answering(markdown), "--no-history"]);
      await terminal.shows(isReady);
      terminal.type("Go");
      terminal.keys("Enter");
      expect(await terminal.shows(/1 │ 2\n\n>$/)).toContain(rendered);
      expect(terminal.screen({ styles: true })).toMatch(/\u001b\[1mbold\u001b\[0m/);
    }
    {
      using terminal = chat([...answering(markdown), "--no-history"], { env: { NO_COLOR: "1" } });
      await terminal.shows(isReady);
      terminal.type("Go");
      terminal.keys("Enter");
      expect(await terminal.shows(/1 │ 2\n\n>$/)).toContain("# Title\n\nSome **bold** and *light* `code`.");
      expect(terminal.screen({ styles: true })).not.toContain("\u001b[");
    }
    using terminal = chat([...answering(markdown), "--no-history", "--plain"]);
    await terminal.shows(isReady);
    terminal.type("Go");
    terminal.keys("Enter");
    expect(await terminal.shows(/\| 1 \| 2 \|\n+>$/)).toContain(markdown.trimEnd());
  });

  it("shows thoughts dim above the answer, or leaves them out", async () => {
    const answer = answering("<think>\nFirst this,\nthen that.\n</think>\n\nThe **answer**.");
    using terminal = helium(["chat", thinking, "--greedy", "--backend", "cpu", "--no-history", ...answer]);
    await terminal.shows(isReady);
    terminal.type("Go");
    terminal.keys("Enter");
    await terminal.shows(/^> Go\nFirst this,\nthen that\.\n\nThe answer\.\n\n>$/m);
    expect(terminal.screen({ styles: true })).toMatch(/\u001b\[2mFirst this,/);
    terminal.type("/set thoughts off");
    terminal.keys("Enter");
    await terminal.shows(/thoughts is off now\n\n>$/);
    terminal.type("Go");
    terminal.keys("Enter");
    await terminal.shows(/off now\n\n> Go\nThe answer\.\n\n>$/);
  });

  it("is laid out anew when the window changes, while a message is written and while an answer is", async () => {
    using terminal = chat([...endless, "--no-history"]);
    await terminal.shows(isReady);
    const text = "the quick brown fox jumps over the lazy dog and runs into the forest";
    terminal.type(text);
    await terminal.shows(/forest$/);
    terminal.resize(30, 20);
    const isNarrow = (screen: string): boolean => screen.split("\n").every((row) => row.length < 30);
    const narrow = await terminal.shows((screen) => isNarrow(screen) && screen.endsWith("forest"));
    expect(narrow.match(/quick/g)).toHaveLength(1);
    expect(
      narrow
        .slice(narrow.indexOf(">"))
        .replace(/\n {2}/g, "")
        .slice(2),
    ).toBe(text);
    terminal.resize(100, 20);
    const wide = await terminal.shows(new RegExp(`^> ${text}$`, "m"));
    expect(wide.match(/quick/g)).toHaveLength(1);
    terminal.keys("Enter");
    await terminal.shows(/forest\n.+/);
    terminal.resize(40, 20);
    // Rows of the answer that the program broke, at words; those that tmux broke have all 40 columns.
    await terminal.shows((screen) => {
      const rows = (screen.split("forest\n").at(-1) ?? "").split("\n");
      return rows.length > 2 && rows.every((row) => row.length < 40);
    });
    terminal.keys("C-c");
    const shown = await terminal.shows(/^stopped\n\n>$/m);
    // What the model wrote, as often as it wrote it.
    // Nothing of what was shown before is left in between.
    const [, answer] = await saved(terminal, "resized.json");
    const dense = (text: string): string => text.replace(/[\s#*_`|>•│─┼-]/g, "");
    const last = dense(shown.slice(0, -"stopped\n\n>".length)).slice(-60);
    expect(dense(`${text}${answer?.content ?? ""}`)).toContain(last);
  });

  it("completes commands, settings and names of files, and says what a command does not take", async () => {
    using terminal = chat(["--no-history"], { columns: 50 });
    await terminal.shows(isReady);
    terminal.type("/s");
    terminal.keys("Tab");
    await terminal.shows(/^system {2}set {5}show {4}stats {3}save\n> \/s$/m);
    terminal.type("et temp");
    terminal.keys("Tab");
    terminal.type("9x");
    terminal.keys("Enter");
    await terminal.shows(/^\/set temperature: is "9x"; expected a number ≥ 0,\nor default$/m);
    terminal.type("/load chat");
    terminal.keys("Tab");
    await terminal.shows(/^> \/load chatting\/$/m);
  });

  it("works in a terminal that knows nothing (TERM=dumb), line by line", async () => {
    using terminal = chat([...answering("**Yes.**")], { env: { TERM: "dumb" } });
    await terminal.shows(isReady);
    terminal.type("Go");
    terminal.keys("Enter");
    await terminal.shows(/^> Go\n\*\*Yes\.\*\*\n>$/m);
    expect(terminal.screen({ styles: true })).not.toContain("\u001b[");
    terminal.keys("C-d");
    expect(await terminal.ends()).toBe(0);
  });

  it("goes to the shell at Ctrl-Z, and comes back with what was being written", async () => {
    using terminal = new TmuxTerminal(["bash", "--norc", "-i"], {
      cwd: scratch,
      env: { PS1: "shell: ", HISTFILE: "/dev/null" },
    });
    await terminal.shows(/^shell:$/m);
    terminal.type(`${process.execPath} ${program} chat ${chatting} --no-history`);
    terminal.keys("Enter");
    await terminal.shows(isReady);
    terminal.type("half a line");
    await terminal.shows(/^> half a line$/m);
    terminal.keys("C-z");
    await terminal.shows(/Stopped[^]*\nshell:$/);
    terminal.type("echo $((6 * 7))");
    terminal.keys("Enter");
    await terminal.shows(/^42\nshell:$/m);
    terminal.type("fg");
    terminal.keys("Enter");
    await terminal.shows(/shell: fg\n[^]*\n> half a line$/);
    terminal.type("!");
    await terminal.shows(/^> half a line!$/m);
    terminal.keys("C-c", "C-d");
    await terminal.shows(/\nshell:$/);
  });

  it("ends at SIGTERM with the terminal as it was", async () => {
    const inner = `echo $$ > pid; exec ${process.execPath} ${program} chat ${chatting} --no-history`;
    const outer = `stty -g > before; sh -c '${inner}'; echo $? > code; stty -g > after`;
    using terminal = new TmuxTerminal(["sh", "-c", outer], { cwd: scratch });
    await terminal.shows(isReady);
    const read = (name: string): string => readFileSync(join(scratch, name), "utf8").trim();
    process.kill(Number(read("pid")), "SIGTERM");
    await terminal.ends();
    expect([read("after"), read("code")]).toEqual([read("before"), "143"]);
  });

  it("shows its help in 80 columns and in fewer", async () => {
    using terminal = helium(["chat", "--help"], { rows: 150 });
    await terminal.shows(/--no-history[^]*--help/);
    expect(terminal.screen().split("\n")[0]).toMatch(/^helium chat \[model\]/);
    using narrow = helium(["--help"], { columns: 50, rows: 120 });
    await narrow.shows(/--version/);
    for (const row of narrow.screen().split("\n")) expect(row.length).toBeLessThanOrEqual(50);
  });
});
