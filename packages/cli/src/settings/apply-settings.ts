import type { OptionTable } from "../options/option-table.ts";
import type { Setting, SettingLayer } from "./setting.ts";

/** Options as the command line gives them, filled up with settings. */
export interface Applied {
  readonly options: Readonly<Record<string, unknown>>;
  /** The settings that count. */
  readonly used: readonly Setting[];
}

/**
 * Fills options that were not given with settings, the strongest layer first. What is given, or set by a stronger layer, makes
 * weaker settings of the options that it replaces fall away.
 *
 * @param given names of options that the command line has
 */
export function applySettings(
  table: OptionTable,
  options: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
  layers: readonly SettingLayer[],
): Applied {
  const filled: Record<string, unknown> = { ...options };
  // A flag that is off replaces nothing.
  const decidedBy = (key: string, value: unknown): readonly string[] =>
    value === false ? [key] : [key, ...(table[key]?.replaces ?? [])];
  const decided = new Set([...given].flatMap((key) => decidedBy(key, options[key])));
  const used: Setting[] = [];
  for (const layer of layers) {
    const added = layer.filter(({ key }) => !decided.has(key));
    for (const setting of added) {
      const option = table[setting.key];
      filled[setting.key] = option?.kind === "value" ? option.parse(String(setting.given)) : setting.given;
      used.push(setting);
    }
    for (const { key, given: value } of added) for (const name of decidedBy(key, value)) decided.add(name);
  }
  return { options: filled, used };
}
