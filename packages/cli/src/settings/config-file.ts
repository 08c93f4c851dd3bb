import { nearestName } from "@helium-lm/tensor";
import type { CommandTable } from "../command-table.ts";
import type { OptionTable } from "../options/option-table.ts";
import type { ConfigPath } from "./config-path.ts";
import { variableOf } from "./environment-settings.ts";
import { generalOptions, settable } from "./general-options.ts";
import { checkPrivate, jsonMembers, type JsonMember } from "./json-file.ts";
import type { Setting } from "./setting.ts";
import { SettingError } from "./setting-error.ts";
import { fileValue } from "./setting-value.ts";

/**
 * The settings of the file: options for all commands, and for each command an object with those for it alone, which come
 * first. Null where there is no file.
 *
 * @throws SettingError with the line of what is wrong, and for a secret that others can read
 */
export async function configFileSettings(
  { path, isNamed }: ConfigPath,
  commands: CommandTable,
): Promise<readonly Setting[] | null> {
  const members = await jsonMembers(path);
  if (members === null) {
    if (isNamed)
      throw new SettingError("HELIUM_CONFIG", `names ${path}, where there is no file; write one, or unset it`);
    return null;
  }
  const own: Setting[] = [];
  const general: Setting[] = [];
  for (const member of members) {
    const command = Object.hasOwn(commands, member.name) ? commands[member.name] : undefined;
    if (command === undefined) general.push(await settingOf(member, null, generalOptions, Object.keys(commands)));
    else for (const one of sectionOf(member)) own.push(await settingOf(one, member.name, command.options, []));
  }
  return [...own, ...general];

  async function settingOf(
    { name: key, source, value }: JsonMember,
    command: string | null,
    table: OptionTable,
    others: readonly string[],
  ): Promise<Setting> {
    const field = command === null ? key : `${command}.${key}`;
    const known = settable(table);
    const option = Object.hasOwn(known, key) ? known[key] : undefined;
    if (option === undefined) throw unknown(source, field, key, table, [...Object.keys(known), ...others]);
    if (option.isSecret) {
      const variable = variableOf(command, key);
      await checkPrivate(path, field, `put it into the environment (${variable})`);
    }
    return { command, key, given: fileValue(`${source}: ${field}`, option, value), source };
  }
}

/** @throws SettingError where the settings of a command are no object */
function sectionOf({ name, source, value, members }: JsonMember): readonly JsonMember[] {
  if (members !== null) return members;
  throw new SettingError(
    `${source}: ${name}`,
    `is ${JSON.stringify(value)}; expected an object with options of helium ${name}`,
  );
}

function unknown(
  source: string,
  field: string,
  key: string,
  table: OptionTable,
  known: readonly string[],
): SettingError {
  if (Object.hasOwn(table, key))
    return new SettingError(`${source}: ${field}`, "is said on the command line alone; leave it out here", { field });
  const mend =
    known.length === 0 ? "this command has none" : `did you mean ${nearestName(key.replaceAll(/[-_]/g, ""), known)}?`;
  return new SettingError(`${source}: ${field}`, `is no setting; ${mend}`, { field, expected: known });
}
