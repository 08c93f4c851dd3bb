import type { CommandTable } from "../command-table.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { generalOptions, settable } from "./general-options.ts";
import type { Setting } from "./setting.ts";
import { environmentValue } from "./setting-value.ts";

const PREFIX = "HELIUM_";

/** `maxNewTokens` → `MAX_NEW_TOKENS` */
const variablePart = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** The variable of an option: `HELIUM_MODEL` for all commands, `HELIUM_CHAT_TEMPERATURE` for one. */
export const variableOf = (command: string | null, key: string): string =>
  PREFIX + (command === null ? "" : `${variablePart(command)}_`) + variablePart(key);

/** The settings of the environment, those for one command before those for all. @throws SettingError */
export function environmentSettings(env: CliIo["env"], commands: CommandTable): readonly Setting[] {
  const tables = [...Object.entries(commands).map(([name, { options }]) => [name, options] as const)];
  return [...tables, [null, generalOptions] as const].flatMap(([command, options]) =>
    Object.entries(settable(options)).flatMap(([key, option]): Setting[] => {
      const source = variableOf(command, key);
      const given = env[source];
      // An empty variable is as one that is not there: so does a shell take a setting back for one call.
      if (given === undefined || given === "") return [];
      return [{ command, key, given: environmentValue(source, option, given), source }];
    }),
  );
}
