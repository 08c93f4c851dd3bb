import type { CommandTable } from "../command-table.ts";
import type { OptionTable } from "../options/option-table.ts";
import { applySettings } from "../settings/apply-settings.ts";
import { variableOf } from "../settings/environment-settings.ts";
import { generalOptions, settable } from "../settings/general-options.ts";
import { readSettings, settingLayers } from "../settings/read-settings.ts";
import type { Setting } from "../settings/setting.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { printable, styleFor } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";

export interface ConfigView {
  /** The one whose settings are shown; null: all there are. */
  readonly command: { readonly name: string; readonly options: OptionTable } | null;
  readonly json: boolean;
}

/** Variables of the environment that are no options. */
const otherVariables = ["HELIUM_CONFIG", "HELIUM_API_KEY"];

export async function runConfig({ command, json }: ConfigView, commands: CommandTable, io: CliIo): Promise<void> {
  const all = await readSettings(io.env, commands);
  const { path, hasFile: exists } = all;
  const settings =
    command === null
      ? [...all.environment, ...all.file]
      : applySettings(command.options, {}, new Set(), settingLayers(all, command.name, command.options)).used;
  const shown = settings.map((setting) => ({
    command: setting.command,
    key: setting.key,
    value: isSecret(setting, commands) ? "…" : setting.given,
    source: setting.source,
  }));
  if (json) {
    io.stdout.write(`${JSON.stringify({ path, exists, settings: shown })}\n`);
    return;
  }
  const { bold } = styleFor(io.stdout, io);
  const place = path === null ? "no file of settings" : `${path}${exists ? "" : ": not there"}`;
  const rows = shown.map(({ command: of, key, value, source }) => [
    of === null ? key : `${of}.${key}`,
    String(value),
    exists && path !== null && source.startsWith(`${path}:`) ? `line ${source.slice(path.length + 1)}` : source,
  ]);
  io.stdout.write(`${bold(printable(place))}\n`);
  for (const line of alignColumns(rows)) io.stdout.write(`  ${printable(line)}\n`);
  for (const name of unknownVariables(io.env, commands))
    io.stderr.write(`${printable(name)} is no setting, and does nothing\n`);
}

const isSecret = ({ command, key }: Setting, commands: CommandTable): boolean =>
  (command === null ? generalOptions : commands[command]?.options)?.[key]?.isSecret === true;

function unknownVariables(env: CliIo["env"], commands: CommandTable): readonly string[] {
  const tables = Object.entries(commands).map(([name, { options }]) => [name, options] as const);
  const known = new Set(
    [...tables, [null, generalOptions] as const].flatMap(([command, options]) =>
      Object.keys(settable(options)).map((key) => variableOf(command, key)),
    ),
  );
  return Object.keys(env).filter(
    (name) => name.startsWith("HELIUM_") && !known.has(name) && !otherVariables.includes(name),
  );
}
