import { nearestName } from "@helium-lm/tensor";
import { parseArgs, type ParseArgsOptionDescriptor } from "node:util";
import type { CommandLine } from "./command-line.ts";
import { optionName, UsageError, type OptionTable, type OptionValues } from "./option-table.ts";

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
): CommandLine<OptionValues<O>> & { readonly given: ReadonlySet<string> } {
  const { values, positionals } = parseStrictly(subject, table, argv);
  const options: Record<string, unknown> = {};
  const givenKeys = new Set<string>();
  for (const [key, option] of Object.entries(table)) {
    const name = optionName(key);
    const given = values[name.slice(2)];
    const isOff = values[`no-${name.slice(2)}`] === true;
    if (given !== undefined || isOff) givenKeys.add(key);
    if (given === true && isOff)
      throw new UsageError(subject, `${name} and --no-${name.slice(2)} contradict each other; leave one out`);
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
  return { options: options as OptionValues<O>, positionals, given: givenKeys };
}

function parseStrictly(
  subject: string,
  table: OptionTable,
  argv: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const entries = Object.entries(table).flatMap(([key, { kind, short }]): [string, ParseArgsOptionDescriptor][] => {
    const name = optionName(key).slice(2);
    if (kind === "value") return [[name, { type: "string", ...(short && { short }) }]];
    const type = "boolean";
    // Turns off what a setting turned on.
    return [
      [name, { type, ...(short && { short }) }],
      [`no-${name}`, { type }],
    ];
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
