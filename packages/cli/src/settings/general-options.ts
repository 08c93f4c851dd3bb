import { loadingOptions } from "../options/loading-options.ts";
import type { Flag, OptionTable, ValueOption } from "../options/option-table.ts";
import { sharedOptions } from "../options/shared-options.ts";

/** Options that a setting may give for all commands that have them: what is computed with, and where. */
export const generalOptions: OptionTable = settable({ ...sharedOptions, ...loadingOptions });

/** Those of a table that settings may give. */
export function settable(table: OptionTable): OptionTable {
  return Object.fromEntries(Object.entries(table).filter(([, { perCall = false }]) => !perCall));
}

/**
 * Whether a setting for all commands is meant by an option of one. The same name may be another thing there: `convert
 * --dtype` is how a file is written.
 */
export const isGeneral = (key: string, option: Flag | ValueOption<unknown>): boolean =>
  Object.hasOwn(generalOptions, key) && generalOptions[key]?.group === option.group;
