import type { Flag, ValueOption } from "../options/option-table.ts";
import { SettingError } from "./setting-error.ts";

/** What a flag may be in the environment. */
const switches: Readonly<Record<string, boolean>> = { 1: true, true: true, 0: false, false: false };

/** A value of the environment, checked. @throws SettingError */
export function environmentValue(source: string, option: Flag | ValueOption<unknown>, given: string): string | boolean {
  if (option.kind === "value") return checked(source, option, given, given);
  const isOn = switches[given.toLowerCase()];
  if (isOn === undefined) throw wrong(source, given, "1 or 0, true or false");
  return isOn;
}

/** A value of the file, checked: numbers, texts and lists for options that take them on the command line. @throws SettingError */
export function fileValue(source: string, option: Flag | ValueOption<unknown>, given: unknown): string | boolean {
  if (option.kind === "flag") {
    if (typeof given !== "boolean") throw wrong(source, given, "true or false");
    return given;
  }
  const isPlain = (one: unknown): one is string | number => typeof one === "string" || typeof one === "number";
  const parts = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (!parts.every(isPlain) || (Array.isArray(given) && parts.some((one) => String(one).includes(","))))
    throw wrong(source, given, option.expected);
  return checked(source, option, parts.join(","), given);
}

/** @param text what `given` is on the command line */
function checked(source: string, option: ValueOption<unknown>, text: string, given: unknown): string {
  if (option.parse(text) === undefined) throw wrong(source, option.isSecret ? "…" : given, option.expected);
  return text;
}

const wrong = (source: string, given: unknown, expected: string): SettingError =>
  new SettingError(source, `is ${JSON.stringify(given)}; expected ${expected}`, { given, expected });
