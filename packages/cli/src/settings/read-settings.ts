import type { CommandTable } from "../command-table.ts";
import type { OptionTable } from "../options/option-table.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { configFileSettings } from "./config-file.ts";
import { configPath } from "./config-path.ts";
import { environmentSettings } from "./environment-settings.ts";
import { isGeneral } from "./general-options.ts";
import type { Setting, SettingLayer } from "./setting.ts";

export interface AllSettings {
  /** Where the file of settings would be; null: nowhere. */
  readonly path: string | null;
  readonly hasFile: boolean;
  readonly environment: SettingLayer;
  readonly file: SettingLayer;
}

/** All settings there are. @throws SettingError */
export async function readSettings(env: CliIo["env"], commands: CommandTable): Promise<AllSettings> {
  const place = configPath(env);
  const file = place === null ? null : await configFileSettings(place, commands);
  return {
    path: place?.path ?? null,
    hasFile: file !== null,
    environment: environmentSettings(env, commands),
    file: file ?? [],
  };
}

/** The settings of one command, the strongest first: environment, then file, in each its own before those for all. */
export function settingLayers(
  { environment, file }: AllSettings,
  command: string,
  options: OptionTable,
): readonly SettingLayer[] {
  const isFor = ({ key, command: of }: Setting): boolean => {
    const option = options[key];
    return option !== undefined && (of === command || (of === null && isGeneral(key, option)));
  };
  return [environment, file].flatMap((layer) => {
    const those = layer.filter(isFor);
    return [those.filter(({ command: of }) => of !== null), those.filter(({ command: of }) => of === null)];
  });
}
