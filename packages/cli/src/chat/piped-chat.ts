import { allLines } from "../options/text-input.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { printable, styleFor } from "../terminal/style.ts";
import type { OpenView } from "./answer-view.ts";
import type { Conversation } from "./conversation.ts";
import { messagesIn } from "./piped-messages.ts";
import { jsonView, plainView } from "./plain-view.ts";
import { takeTurn } from "./turn.ts";

/** A conversation by lines: of a pipe, or of a terminal that knows no escape sequences. */
export async function pipedChat(conversation: Conversation, isJson: boolean, io: CliIo): Promise<void> {
  const { bold } = styleFor(io.stdout, io);
  const ask = (): void => {
    if (io.stdin.isTTY && io.stdout.isTTY && !isJson) io.stdout.write(bold("> "));
  };
  const openView: OpenView = isJson ? jsonView(io.stdout) : plainView(io.stdout);
  const say = (lines: readonly string[]): void =>
    void (lines.length > 0 && io.stderr.write(`${lines.map(printable).join("\n")}\n`));
  if (!conversation.hasTemplate)
    say([`${conversation.modelName} has no chat template: it continues your text instead of answering`]);
  ask();
  for await (const message of messagesIn(allLines(io))) {
    const isEnd = await takeTurn(message, conversation, {
      openView,
      say,
      // Whoever reads JSON sees what there is to know in its fields.
      note: isJson ? () => undefined : say,
      onInterrupt: (handler) => io.onInterrupt?.(handler) ?? (() => undefined),
      signal: io.signal,
    });
    if (isEnd) return;
    ask();
  }
}
