import type { CliIo, TextSink } from "./cli-io.ts";

/** Marks for terminals; each gives the text back unchanged where there are no colours. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** One of six colours, the same for the same index modulo six. */
  readonly hue: (index: number, text: string) => string;
}

/** SGR codes of cyan, yellow, magenta, green, blue, red: told apart on dark and on light ground. */
const hues = [36, 33, 35, 32, 34, 31];

/** Whether `output` is a terminal that has colours and NO_COLOR is not set. */
export const hasColours = ({ isTTY }: TextSink, { env }: Pick<CliIo, "env">): boolean =>
  isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";

export function styleFor(output: TextSink, io: Pick<CliIo, "env">): Style {
  const coloured = hasColours(output, io);
  const mark = (code: number, text: string): string => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    bold: (text) => mark(1, text),
    dim: (text) => mark(2, text),
    hue: (index, text) => mark(hues[index % hues.length] ?? 0, text),
  };
}

/**
 * Text from a model or a file, safe to show: control characters, which could drive the terminal, become their symbols
 * (U+2400 …); newline and tab stay.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}
