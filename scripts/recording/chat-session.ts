import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeChatModel, writeOnlyAnswer } from "../../testing/chat-model.ts";
import { TmuxTerminal } from "../../testing/tmux-terminal.ts";

/** Columns and rows of the window. */
export const WINDOW = { columns: 80, rows: 50 } as const;

/** Helium-nano is too small for conversations: a grammar has it think and answer so. */
const answer = `<think>
The user wants the planets near the Sun, short.
</think>

# The inner planets

Four of them are **rocky**, and *small* beside the giants:

- Mercury has no air: \`-180 °C\` at night
- Venus is the hottest
  1. clouds of acid
  2. ninety times our pressure

> A day on Venus is longer than its year.

| planet | moons | radius |
|--------|------:|-------:|
| Earth  | 1     | 6371   |
| Mars   | 2     | 3390   |

\`\`\`js
const volume = (4 / 3) * Math.PI * radius ** 3;
\`\`\`
`;

/** What a terminal shows of a session in which a person edits, asks, looks at the figures and completes; with SGR codes. */
export async function recordChat(program: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "helium-chat-"));
  try {
    writeChatModel(join(folder, "nano-chat"), "thinking");
    const grammar = writeOnlyAnswer(join(folder, "answer.gbnf"), answer);
    const args = ["chat", "nano-chat", "--greedy", "--backend", "cpu", "--no-history", "--grammar", grammar];
    const env = { NO_COLOR: undefined, XDG_STATE_HOME: folder };
    using terminal = new TmuxTerminal([...program, ...args], { ...WINDOW, cwd: folder, env });
    await terminal.shows(/^>$/m);
    terminal.paste("Which planets are near the Sun?\nAnswer in Markdown.");
    terminal.keys("Enter");
    await terminal.shows(/radius \*\* 3;\n\n>$/);
    terminal.type("/stats");
    terminal.keys("Enter");
    await terminal.shows(/context .*\n\n>$/);
    terminal.type("/set t");
    terminal.keys("Tab");
    await terminal.shows(/temperature[^>]*\n> \/set t$/);
    return terminal.screen({ styles: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The command, run from the sources. */
export const fromSources = (): readonly string[] => [
  process.execPath,
  ...["--import", new URL("../workspace-sources.ts", import.meta.url).href],
  fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url)),
];
