import type { CommandGroups } from "../command-table.ts";
import { optionName, type Flag, type NameKind, type ValueOption } from "../options/option-table.ts";

/** What a shell offers for a place on the command line; null: nothing, it is any text. */
export type Offer = NameKind | "cached-model" | { readonly words: readonly string[]; readonly isList: boolean };

export interface OptionCompletion {
  /** `--seed` */
  readonly name: string;
  /** `-h` */
  readonly short: string | null;
  /** The help up to the first pause. */
  readonly help: string;
  /** What its value is; undefined: it takes none. */
  readonly value?: { readonly placeholder: string; readonly offer: Offer | null };
}

export interface CommandCompletion {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionCompletion[];
  /** Of its operands in their order; the last is also that of all that follow. */
  readonly operands: readonly Offer[];
}

/** What the tables of commands say of completion. */
export function completionData(groups: CommandGroups): readonly CommandCompletion[] {
  const commands = Object.values(groups).flatMap((group) => Object.entries(group));
  const names = commands.map(([name]) => name);
  return commands.map(([name, { summary, options, operandKinds }]) => ({
    name,
    summary,
    options: Object.entries(options).map(([key, option]) => optionCompletion(key, option)),
    operands: operandKinds.map((kind): Offer => {
      if (typeof kind === "object") return { words: kind, isList: false };
      return kind === "command" ? { words: names, isList: false } : kind;
    }),
  }));
}

function optionCompletion(key: string, option: Flag | ValueOption<unknown>): OptionCompletion {
  const [help = ""] = option.help.split(/[;:] /, 1);
  const named = { name: optionName(key), short: option.short === undefined ? null : `-${option.short}`, help };
  if (option.kind === "flag") return named;
  const { placeholder, values, isList = false, completes } = option;
  return { ...named, value: { placeholder, offer: values ? { words: values, isList } : (completes ?? null) } };
}

/** The programs of the package. */
export const programs = ["helium", "helium-lm"] as const;
