import { checked, refuse } from "../option-checks.ts";
import type { GenerationConfig } from "./generation-config.ts";
import type { GenerateOptions } from "./generate-options.ts";

type Key = keyof GenerationConfig;
type Accepts = (value: number) => boolean;

/** Reads settings: those of a call over those of a generation config over the library's defaults. */
export interface OptionReader {
  /** The value as it was given; null = not set, or switched off by a call's `null`. */
  readonly pick: <K extends Key>(key: K) => NonNullable<GenerationConfig[K]> | null;
  /** @throws GenerationError when `accepts` says no */
  readonly number: (key: Key, otherwise: number, expected: string, accepts: Accepts) => number;
  /** As `number`, but null where it is not set. */
  readonly optional: (key: Key, expected: string, accepts: Accepts) => number | null;
  readonly flag: (key: Key, otherwise: boolean) => boolean;
}

/** A call's `null` switches off what the generation config sets, as `None` does in transformers. */
export function optionReader(options: GenerateOptions, config: GenerationConfig): OptionReader {
  const pick = <K extends Key>(key: K): NonNullable<GenerationConfig[K]> | null =>
    (options[key] === undefined ? config[key] : options[key]) ?? null;
  const number: OptionReader["number"] = (key, otherwise, expected, accepts) =>
    checked(key, pick(key) ?? otherwise, expected, accepts);
  const flag: OptionReader["flag"] = (key, otherwise) => {
    const value: unknown = pick(key) ?? otherwise;
    return typeof value === "boolean" ? value : refuse(key, value, "true or false");
  };
  return {
    pick,
    number,
    flag,
    optional: (key, expected, accepts) => (pick(key) === null ? null : number(key, 0, expected, accepts)),
  };
}
