import type { CliIo } from "../terminal/cli-io.ts";
import { UsageError } from "./option-table.ts";

/** Where texts come from; given as arguments or piped in. */
export interface TextInput {
  readonly source: "arguments" | "lines";
  /** Texts in groups of at most 128: the arguments, or the lines that arrive together. */
  readonly groups: AsyncIterable<readonly string[]>;
}

/**
 * The texts a command works on: its operands, or else the lines of stdin without the blank ones.
 *
 * @throws UsageError without either, and for a blank operand
 */
export function textInput(subject: string, positionals: readonly string[], { stdin }: Pick<CliIo, "stdin">): TextInput {
  if (positionals.length > 0) {
    const blank = positionals.findIndex((text) => text.trim() === "");
    if (blank >= 0) throw new UsageError(subject, `text ${blank + 1} is empty; give at least one word`);
    return { source: "arguments", groups: inGroups(once(positionals)) };
  }
  if (stdin.isTTY)
    throw new UsageError(subject, `needs a text; give it in quotes, or pipe lines in: ${subject} < file`);
  return { source: "lines", groups: inGroups(lineGroups(stdin)) };
}

/** All of stdin, without the one newline that `echo` adds. */
export async function pipedText({ stdin }: Pick<CliIo, "stdin">): Promise<string> {
  let text = "";
  for await (const part of decoded(stdin)) text += part;
  return text.replace(/\r?\n$/, "");
}

/** The lines of stdin, each as soon as it is there; blank ones too. */
export async function* allLines({ stdin }: Pick<CliIo, "stdin">): AsyncGenerator<string> {
  for await (const lines of linesTogether(stdin)) yield* lines;
}

const GROUP_SIZE = 128;

async function* inGroups(parts: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
  for await (const texts of parts) {
    for (let at = 0; at < texts.length; at += GROUP_SIZE) yield texts.slice(at, at + GROUP_SIZE);
  }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function* lineGroups(stdin: CliIo["stdin"]): AsyncGenerator<readonly string[]> {
  for await (const lines of linesTogether(stdin)) {
    const texts = lines.filter((line) => line.trim() !== "");
    if (texts.length > 0) yield texts;
  }
}

/** Lines in groups that arrive together. */
async function* linesTogether(stdin: CliIo["stdin"]): AsyncGenerator<readonly string[]> {
  let rest = "";
  for await (const part of decoded(stdin)) {
    const lines = (rest + part).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield lines;
  }
  if (rest !== "") yield [rest];
}

async function* decoded(stdin: CliIo["stdin"]): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stdin) yield typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
