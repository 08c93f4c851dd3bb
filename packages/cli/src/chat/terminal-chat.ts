import type { CliIo } from "../terminal/cli-io.ts";
import { LineEditor } from "../terminal/editor/line-editor.ts";
import { messageOf } from "../terminal/editor/message-text.ts";
import { followsLinks } from "../terminal/markdown/hyperlinks.ts";
import { span, rowOf, type Paint } from "../terminal/markdown/spans.ts";
import { cutSpans, wrapSpans } from "../terminal/markdown/wrap-spans.ts";
import { widthOf } from "../terminal/rows/text-width.ts";
import { hasColours } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Conversation } from "./conversation.ts";
import { ChatHistory, historyPath } from "./history-file.ts";
import { markdownView } from "./markdown-view.ts";
import { plainView } from "./plain-view.ts";
import { completeCommand } from "./run-command.ts";
import { takeTurn, type TurnIo } from "./turn.ts";

export interface TerminalChatOptions {
  /** Answers as the model writes them instead of Markdown. */
  readonly isPlain: boolean;
  /** Whether messages are kept for the next session. */
  readonly keepsHistory: boolean;
  /** Called for a Ctrl-C before the conversation begins. */
  readonly interrupt: () => void;
}

type TerminalIo = Pick<CliIo, "env" | "stdout" | "signal" | "onInterrupt">;

/** A conversation at a terminal. It takes the keys from the start on: what is typed while a model is loaded is not lost. */
export class TerminalChat implements Disposable {
  readonly #terminal: Terminal;
  readonly #io: TerminalIo;
  readonly #isPlain: boolean;
  readonly #paint: Paint;
  readonly #history: ChatHistory;
  readonly #editor: LineEditor;
  readonly #endWaiting: () => void;

  constructor(terminal: Terminal, { isPlain, keepsHistory, interrupt }: TerminalChatOptions, io: TerminalIo) {
    this.#terminal = terminal;
    this.#io = io;
    this.#isPlain = isPlain;
    this.#paint = { colours: hasColours(io.stdout, io), links: followsLinks(io.env) };
    this.#history = keepsHistory ? ChatHistory.open(historyPath(io.env)) : ChatHistory.unsaved();
    this.#editor = new LineEditor(terminal, {
      prompts: { first: rowOf([span("> ", "bold")], this.#paint), next: rowOf([span("  ")], this.#paint) },
      complete: completeCommand,
      describeChoices,
    });
    this.#endWaiting = this.#editor.onInterrupt(interrupt);
  }

  [Symbol.dispose](): void {
    this.#editor[Symbol.dispose]();
  }

  /** Answers until the user ends it. @throws the signal's reason */
  async converse(conversation: Conversation): Promise<void> {
    const { signal } = this.#io;
    this.#endWaiting();
    if (!conversation.hasTemplate)
      this.#say([`${conversation.modelName} has no chat template: it continues your text instead of answering`]);
    this.#say([`${conversation.modelName} · /help lists commands, Ctrl-D ends`]);
    let isAskedTwice = false;
    for (;;) {
      const read = await this.#editor.read(this.#history.entries, signal);
      if (read.kind === "end" || (read.kind === "interrupt" && isAskedTwice)) return;
      isAskedTwice = read.kind === "interrupt";
      if (read.kind === "interrupt") {
        this.#say(["Ctrl-C again, Ctrl-D or /exit ends"]);
        continue;
      }
      const text = messageOf(read.text);
      if (text === "") continue;
      this.#history.add(read.text);
      if (await takeTurn(text, conversation, this.#turnIo())) return;
      this.#terminal.write("\r\n");
    }
  }

  #turnIo(): TurnIo {
    const [terminal, io, paint] = [this.#terminal, this.#io, this.#paint];
    const say = (lines: readonly string[]): void => this.#say(lines);
    return {
      openView: this.#isPlain ? plainView(terminal) : markdownView(terminal, paint),
      say,
      note: say,
      onInterrupt: (handler) => {
        const releases = [this.#editor.onInterrupt(handler), io.onInterrupt?.(handler)];
        return () => releases.forEach((release) => release?.());
      },
      onResize: (handler) => terminal.onResize(handler),
      signal: io.signal,
    };
  }

  #say(lines: readonly string[]): void {
    showLines(this.#terminal, this.#paint, lines);
  }
}

/** Lines about the conversation, dim and wrapped. */
function showLines(terminal: Terminal, paint: Paint, lines: readonly string[]): void {
  const width = Math.max(2, terminal.columns - 1);
  const rows = lines.flatMap((line) => {
    const marked = [span(line, "dim")];
    // Columns keep their spaces where they fit.
    return widthOf(line) <= width && !line.includes("\n") ? cutSpans(marked, width) : wrapSpans(marked, width);
  });
  terminal.write(rows.map((row) => `${rowOf(row, paint).text}\r\n`).join(""));
}

/** Names side by side, as many as there is room for. */
function describeChoices(choices: readonly string[], columns: number): readonly string[] {
  // Of a path, what tells it from the others.
  const names = choices.map((choice) => /[^/ ]+\/?$/.exec(choice.replace(/^\//, ""))?.[0] ?? choice);
  const width = Math.max(...names.map(widthOf)) + 2;
  const perRow = Math.max(1, Math.floor((columns - 1) / width));
  const rows = Array.from({ length: Math.ceil(names.length / perRow) }, (_, row) =>
    names.slice(row * perRow, (row + 1) * perRow),
  );
  return rows.map((row) =>
    row
      .map((name) => name + " ".repeat(width - widthOf(name)))
      .join("")
      .trimEnd(),
  );
}
