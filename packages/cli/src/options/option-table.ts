import { HeliumLmError, nearestName } from "@helium-lm/tensor";
import { parseArgs } from "node:util";
import { COLUMNS, wrapWords } from "../terminal/text-layout.ts";

/** A command line that makes no sense: exit code 2. The subject is the command. */
export class UsageError extends HeliumLmError {}

interface OptionText {
  /** One letter: `-h`. */
  readonly short?: string;
  /** What it does, for the help. */
  readonly help: string;
}

/** An option without a value; false unless given. */
export interface Flag extends OptionText {
  readonly kind: "flag";
}

/** An option with a value; undefined unless given. */
export interface ValueOption<T> extends OptionText {
  readonly kind: "value";
  /** Stands for the value in the help. */
  readonly placeholder: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** The value of a text, or undefined where it is none. */
  readonly parse: (text: string) => T | undefined;
}

/** The options of a command by their camel-cased names: `maxNewTokens` is `--max-new-tokens`. */
export type OptionTable = Readonly<Record<string, Flag | ValueOption<unknown>>>;

export type OptionValues<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends ValueOption<infer T> ? T | undefined : boolean;
};

export const flag = (help: string, short?: string): Flag => ({ kind: "flag", help, ...(short && { short }) });

export const text = (placeholder: string, help: string): ValueOption<string> => ({
  kind: "value",
  placeholder,
  help,
  expected: "a value that is not empty",
  parse: (given) => (given === "" ? undefined : given),
});

export const choice = <const T extends string>(
  placeholder: string,
  values: readonly T[],
  help: string,
): ValueOption<T> => ({
  kind: "value",
  placeholder,
  help: `${help}: ${values.join(", ")}`,
  expected: `one of ${values.join(", ")}`,
  parse: (given) => values.find((value) => value.toLowerCase() === given.toLowerCase()),
});

/** Several of the values, separated by commas. */
export const choices = <const T extends string>(
  placeholder: string,
  values: readonly T[],
  help: string,
): ValueOption<readonly T[]> => ({
  kind: "value",
  placeholder,
  help: `${help}: ${values.join(", ")}`,
  expected: `some of ${values.join(", ")}, separated by commas`,
  parse: (given) => {
    const chosen = given
      .split(",")
      .map((name) => values.find((value) => value.toLowerCase() === name.trim().toLowerCase()));
    return chosen.every((value) => value !== undefined) ? chosen : undefined;
  },
});

export const integer = (placeholder: string, min: number, help: string): ValueOption<number> => ({
  kind: "value",
  placeholder,
  help,
  expected: `a whole number from ${min} to ${2 ** 32 - 1}`,
  parse: (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    return value >= min && value < 2 ** 32 ? value : undefined;
  },
});

export const decimal = (
  placeholder: string,
  range: { readonly expected: string; readonly accepts: (value: number) => boolean },
  help: string,
): ValueOption<number> => ({
  kind: "value",
  placeholder,
  help,
  expected: range.expected,
  parse: (given) => {
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : NaN;
    return range.accepts(value) ? value : undefined;
  },
});

/** `maxNewTokens` → `--max-new-tokens` */
export const optionName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Reads a command line strictly.
 *
 * @param subject the command, for messages
 * @throws UsageError for an unknown option, a missing value or one outside the option's domain
 */
export function parseOptions<O extends OptionTable>(
  subject: string,
  table: O,
  argv: readonly string[],
): { readonly options: OptionValues<O>; readonly positionals: readonly string[] } {
  const { values, positionals } = parseStrictly(subject, table, argv);
  const options: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) {
    const name = optionName(key);
    const given = values[name.slice(2)];
    if (option.kind === "flag") options[key] = given === true;
    else if (typeof given === "string") {
      options[key] = option.parse(given);
      if (options[key] === undefined)
        throw new UsageError(subject, `${name} is ${JSON.stringify(given)}; expected ${option.expected}`, {
          given,
          expected: option.expected,
        });
    }
  }
  return { options: options as OptionValues<O>, positionals };
}

function parseStrictly(
  subject: string,
  table: OptionTable,
  argv: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const entries = Object.entries(table).map(([key, { kind, short }]) => {
    const type = kind === "flag" ? ("boolean" as const) : ("string" as const);
    return [optionName(key).slice(2), { type, ...(short && { short }) }] as const;
  });
  try {
    return parseArgs({
      args: withJoinedNumbers(table, argv),
      options: Object.fromEntries(entries),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's messages go on with advice of several lines.
    const [problem = ""] = error.message.split(/\. |\.?\n/, 1);
    const said = `${problem.charAt(0).toLowerCase()}${problem.slice(1)}`;
    const given = /^Unknown option '([^']*)'/.exec(problem)?.[1];
    if (given === undefined)
      throw new UsageError(subject, `${said}; see ${subject} --help${dashedValue(problem)}`, {}, { cause: error });
    const nearest = nearestName(given.replaceAll("-", ""), Object.keys(table));
    throw new UsageError(
      subject,
      `${said}; did you mean ${optionName(nearest)}? See ${subject} --help, or put -- before a text that starts with a dash`,
      { given, nearest: optionName(nearest) },
      { cause: error },
    );
  }
}

/** What Node calls ambiguous: an option without its value, or a value that begins with a dash. */
function dashedValue(problem: string): string {
  const name = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(problem)?.[1];
  return name === undefined ? "" : `; it needs a value, and one that starts with a dash is written ${name}=-…`;
}

/** `--seed -1` as `--seed=-1`: no option is a number, so that what follows is the value, which is then checked. */
function withJoinedNumbers(table: OptionTable, argv: readonly string[]): string[] {
  const takesValue = new Set(
    Object.entries(table).flatMap(([key, { kind }]) => (kind === "value" ? [optionName(key)] : [])),
  );
  const end = argv.indexOf("--");
  const joined: string[] = [];
  for (const [at, given] of argv.entries()) {
    const before = joined.at(-1);
    const isInside = end < 0 || at < end;
    if (isInside && before !== undefined && takesValue.has(before) && /^-\.?\d/.test(given))
      joined[joined.length - 1] = `${before}=${given}`;
    else joined.push(given);
  }
  return joined;
}

/** Column where the texts of the help begin. */
const TEXT_COLUMN = 28;

/** Help of each option, the texts in one column and in lines of 80 columns at most. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([key, option]) => {
    const short = option.short === undefined ? "    " : `-${option.short}, `;
    const value = option.kind === "flag" ? "" : ` <${option.placeholder}>`;
    return [`  ${short}${optionName(key)}${value}`, option.help] as const;
  });
  return describeRows(rows, TEXT_COLUMN);
}

/** Names beside their texts, which begin in one column; a name that is too long for it has a line of its own. */
export function describeRows(rows: readonly (readonly [name: string, text: string])[], column: number): string {
  const lines = rows.flatMap(([name, text]) => {
    const wrapped = wrapWords(text, COLUMNS - column);
    const beside = name.length + 2 <= column ? (wrapped.shift() ?? "") : "";
    return [`${name.padEnd(column)}${beside}`.trimEnd(), ...wrapped.map((line) => `${" ".repeat(column)}${line}`)];
  });
  return lines.map((line) => `${line}\n`).join("");
}
