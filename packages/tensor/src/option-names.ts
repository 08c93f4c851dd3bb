import { ArgumentError, type HeliumLmError } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";

/** The names of the options `T`, as a table that the compiler keeps complete. */
export type OptionNames<T> = { readonly [K in keyof T]-?: true };

/** A class of errors about an option: the option is the subject. */
type OptionError = new (option: string, message: string, details: Readonly<Record<string, unknown>>) => HeliumLmError;

/**
 * Refuses names that are no options of a call, so that a misspelt one is not silently left out. One that is undefined or null
 * counts as not given.
 *
 * @param call the function, for the message
 * @param names of the options it has
 * @throws `Refusal`, naming the nearest option; or saying that `given` is no object
 */
export function checkOptionNames(
  call: string,
  given: object,
  names: Readonly<Record<string, true>>,
  Refusal: OptionError = ArgumentError,
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Refusal("options", `of ${call} are ${kindOf(given)}; expected an object with names and values`, {
      given,
    });
  const unknown = unknownOption(given, names);
  if (unknown) {
    const { name, nearest } = unknown;
    throw new Refusal(name, `is not an option of ${call}; did you mean ${nearest}?`, { given: name, nearest });
  }
}

/** The first name that is not an option, with the nearest one that is; null where all are known. */
export function unknownOption(
  given: object,
  names: Readonly<Record<string, true>>,
): { readonly name: string; readonly nearest: string } | null {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(names, name)) continue;
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && value !== null) return { name, nearest: nearestName(name, Object.keys(names)) };
  }
  return null;
}

function kindOf(given: unknown): string {
  if (given === null) return "null";
  return Array.isArray(given) ? "a list" : `a ${typeof given}`;
}
