import { goesOn, isOpenBlock, messageOf } from "../terminal/editor/message-text.ts";

/**
 * Messages of lines as they come: one of each line, but that lines between `"""` are one message, and that a line which ends with
 * a backslash goes on in the next one. Empty lines are none.
 */
export async function* messagesIn(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let text = "";
  const take = (): string => {
    const message = messageOf(text);
    text = "";
    return message;
  };
  for await (const line of lines) {
    text += line;
    if (isOpenBlock(text)) text += "\n";
    else if (goesOn(line)) text = `${text.slice(0, -1)}\n`;
    else {
      const message = take();
      if (message !== "") yield message;
    }
  }
  const rest = take();
  if (rest !== "") yield rest;
}
