import { createRequire } from "node:module";
import type { CliIo } from "./terminal/cli-io.ts";
import {
  describeOptions,
  optionName,
  parseOptions,
  type OptionTable,
  type OptionValues,
  UsageError,
} from "./options/option-table.ts";
import { sharedOptions, type SharedOptions } from "./options/shared-options.ts";
import { wrapParagraphs } from "./terminal/text-layout.ts";

export interface Command {
  /** What follows the command's name, as the help shows it. */
  readonly operands: string;
  /** One line for the overview. */
  readonly summary: string;
  /** @throws HeliumLmError, of which a UsageError means that `argv` is wrong; the signal's reason when aborted */
  run(argv: readonly string[], io: CliIo): Promise<void>;
}

export interface CommandDefinition<O extends OptionTable> {
  readonly name: string;
  readonly operands: string;
  readonly summary: string;
  /** What the help says beyond the summary. */
  readonly details: string;
  /** Its own options; the shared ones come on top. */
  readonly options: O;
  /** Shared options that it has no use for: the help leaves them out, and they are refused. */
  readonly without?: readonly (keyof SharedOptions)[];
  readonly run: (
    given: { readonly options: OptionValues<O> & SharedOptions; readonly positionals: readonly string[] },
    io: CliIo,
  ) => Promise<void>;
}

/** A command that reads its own and the shared options, and answers `--help` and `--version` itself. */
export function defineCommand<O extends OptionTable>({
  name,
  operands,
  summary,
  details,
  options: own,
  without = [],
  run,
}: CommandDefinition<O>): Command {
  const table = { ...own, ...sharedOptions };
  const used = Object.fromEntries(
    Object.entries(table).filter(([key]) => !without.some((unused) => unused === key)),
  ) as OptionTable;
  return {
    operands,
    summary,
    run: async (argv, io) => {
      const { options, positionals } = parseOptions(`helium ${name}`, table, argv);
      const given = options as OptionValues<O> & SharedOptions;
      if (given.help)
        io.stdout.write(
          `helium ${[name, operands].filter(Boolean).join(" ")} [options]\n\n${wrapParagraphs(details)}\n\n${describeOptions(used)}`,
        );
      else if (given.version) io.stdout.write(`${version(io)}\n`);
      else {
        const unused = without.find((key) => given[key] !== undefined);
        if (unused !== undefined && unused !== "model")
          throw new UsageError(`helium ${name}`, `does not take ${optionName(unused)}; leave it out`, {
            given: unused,
          });
        await run({ options: given, positionals }, io);
      }
    },
  };
}

/** Version of this package. */
export function version({ program }: Pick<CliIo, "program">): string {
  const manifest = createRequire(program)("helium-lm/package.json") as { readonly version: string };
  return manifest.version;
}
