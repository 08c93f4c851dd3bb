import { createRequire } from "node:module";
import type { CliIo } from "./terminal/cli-io.ts";
import type { CommandLine } from "./options/command-line.ts";
import { describeOptions } from "./options/describe-options.ts";
import { optionName, UsageError, type NameKind, type OptionTable, type OptionValues } from "./options/option-table.ts";
import { parseOptions } from "./options/parse-options.ts";
import { sharedOptions, type SharedOptions } from "./options/shared-options.ts";
import { applySettings } from "./settings/apply-settings.ts";
import type { SettingLayer } from "./settings/setting.ts";
import { textWidth, wrapParagraphs, wrapWords } from "./terminal/text-layout.ts";

/** A command line for the help, and what it does. */
export type Example = readonly [line: string, does: string];

/** What an operand is, so that a shell can complete it: a kind of name, a cached model, a command, or one of some words. */
export type OperandKind = NameKind | "cached-model" | "command" | readonly string[];

/** What a command is given: its own options come before shared ones of the same name. */
export type Given<O extends OptionTable = OptionTable> = CommandLine<OptionValues<O> & Omit<SharedOptions, keyof O>>;

/** The settings of a command with these options, the strongest first. @throws SettingError */
export type SettingsOf = (command: string, options: OptionTable) => Promise<readonly SettingLayer[]>;

export interface Command {
  /** What follows the command's name, as the help shows it. */
  readonly operands: string;
  /** What they are, one after the other; the last is also that of all that follow. */
  readonly operandKinds: readonly OperandKind[];
  /** One line for the overview. */
  readonly summary: string;
  readonly details: string;
  readonly examples: readonly Example[];
  /** All that it takes, the shared ones too. */
  readonly options: OptionTable;
  help(width: number): string;
  /** Reads a command line without doing what it says. @throws UsageError */
  read(argv: readonly string[]): Given;
  /**
   * @param settingsOf default: there are none
   * @throws HeliumLmError, of which a UsageError means that `argv` or a setting is wrong; the signal's reason when aborted
   */
  run(argv: readonly string[], io: CliIo, settingsOf?: SettingsOf): Promise<void>;
}

export interface CommandDefinition<O extends OptionTable> {
  readonly name: string;
  readonly operands: string;
  readonly operandKinds?: readonly OperandKind[];
  readonly summary: string;
  /** What the help says beyond the summary. */
  readonly details: string;
  readonly examples: readonly Example[];
  /** Its own options; the shared ones come on top. */
  readonly options: O;
  /** Shared options that it has no use for: the help leaves them out, and they are refused. */
  readonly without?: readonly (keyof SharedOptions)[];
  /** What it needs of the library is imported here, not by the module: help and completion have to be quick. */
  readonly run: (given: Given<O>, io: CliIo) => Promise<void>;
}

/** A command that reads its own and the shared options, and answers `--help` and `--version` itself. */
export function defineCommand<O extends OptionTable>({
  name,
  operands,
  operandKinds = [],
  summary,
  details,
  examples,
  options: own,
  without = [],
  run,
}: CommandDefinition<O>): Command {
  const subject = `helium ${name}`;
  const table: OptionTable = { ...own, ...sharedOptions, ...own };
  const used: OptionTable = Object.fromEntries(
    Object.entries(table).filter(([key]) => Object.hasOwn(own, key) || !without.some((unused) => unused === key)),
  );
  const read = (argv: readonly string[]): Given<O> & { readonly given: ReadonlySet<string> } => {
    const { options, positionals, given } = parseOptions(subject, table, argv);
    const unused = Object.keys(table).find((key) => !Object.hasOwn(used, key) && given.has(key));
    if (unused !== undefined && unused !== "model" && !options["help"] && !options["version"])
      throw new UsageError(subject, `does not take ${optionName(unused)}; leave it out`, { given: unused });
    return { options: options as Given<O>["options"], positionals, given };
  };
  /** The same with settings; a model that is named as operand needs none. */
  const withSettings = (line: ReturnType<typeof read>, layers: readonly SettingLayer[]): Given<O> => {
    const { options, positionals, given } = line;
    const namesModel = operandKinds[0] === "model" && positionals.length > 0;
    const decided = namesModel ? new Set([...given, "model"]) : given;
    return { options: applySettings(used, options, decided, layers).options as Given<O>["options"], positionals };
  };
  const help = (width: number): string =>
    [
      wrapWords([subject, operands, "[options]"].join(" "), width).join("\n"),
      wrapParagraphs(details, width),
      describeExamples(examples, width),
      describeOptions(used, width),
    ].join("\n\n");
  return {
    ...{ operands, operandKinds, summary, details, examples, options: used, help, read },
    run: async (argv, io, settingsOf) => {
      const line = read(argv);
      const { help: isHelp, version: isVersion } = line.options as SharedOptions;
      if (isHelp) io.stdout.write(help(textWidth(io.stdout)));
      else if (isVersion) io.stdout.write(`${version(io)}\n`);
      else await run(withSettings(line, (await settingsOf?.(name, used)) ?? []), io);
    },
  };
}

/** Each line as it is typed, with what it does below. */
const describeExamples = (examples: readonly Example[], width: number): string =>
  [
    "Examples:",
    ...examples.flatMap(([line, does]) => [`  ${line}`, ...wrapWords(does, width - 6).map((part) => `      ${part}`)]),
  ].join("\n");

/** Version of this package. */
export function version({ program }: Pick<CliIo, "program">): string {
  const manifest = createRequire(program)("helium-lm/package.json") as { readonly version: string };
  return manifest.version;
}
