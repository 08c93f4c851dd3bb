import { HeliumLmError } from "@helium-lm/tensor";

/** A command line that makes no sense: exit code 2. The subject is the command. */
export class UsageError extends HeliumLmError {}

interface OptionText {
  /** One letter: `-h`. */
  readonly short?: string;
  /** What it does, for the help. */
  readonly help: string;
  /** Heading of the help that it stands under; default "Options". */
  readonly group?: string;
  /** Said of one call alone, never by a setting. */
  readonly perCall?: boolean;
  /** Names of options that fall away, where only weaker settings give them, when this one is given. */
  readonly replaces?: readonly string[];
  /** Nobody else may read it. */
  readonly isSecret?: boolean;
}

/** What a shell offers in place of a name: paths, or models by their names and paths. */
export type NameKind = "file" | "folder" | "model";

/** An option without a value; false unless given. */
export interface Flag extends OptionText {
  readonly kind: "flag";
}

/** An option with a value; undefined unless given. */
export interface ValueOption<T> extends OptionText {
  readonly kind: "value";
  /** Stands for the value in the help. */
  readonly placeholder: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** The value of a text, or undefined where it is none. */
  readonly parse: (text: string) => T | undefined;
  /** All texts that are values, where they can be told. */
  readonly values?: readonly string[];
  /** Several of them may be given, separated by commas. */
  readonly isList?: boolean;
  readonly completes?: NameKind;
}

/** The options of a command by their camel-cased names: `maxNewTokens` is `--max-new-tokens`. */
export type OptionTable = Readonly<Record<string, Flag | ValueOption<unknown>>>;

export type OptionValues<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends ValueOption<infer T> ? T | undefined : boolean;
};

export const flag = (help: string, short?: string): Flag => ({ kind: "flag", help, ...(short && { short }) });

/** Placeholders that say what a text names. */
const nameKinds: Readonly<Record<string, NameKind>> = { file: "file", folder: "folder", model: "model" };

export const text = (placeholder: string, help: string): ValueOption<string> => {
  const completes = nameKinds[placeholder];
  return {
    kind: "value",
    placeholder,
    help,
    expected: "a value that is not empty",
    parse: (given) => (given === "" ? undefined : given),
    ...(completes && { completes }),
  };
};

export const choice = <const T extends string>(
  placeholder: string,
  values: readonly T[],
  help: string,
): ValueOption<T> => ({
  kind: "value",
  placeholder,
  help: `${help}: ${values.join(", ")}`,
  expected: `one of ${values.join(", ")}`,
  parse: (given) => values.find((value) => value.toLowerCase() === given.toLowerCase()),
  values,
});

/** Several of the values, separated by commas. */
export const choices = <const T extends string>(
  placeholder: string,
  values: readonly T[],
  help: string,
): ValueOption<readonly T[]> => ({
  kind: "value",
  placeholder,
  help: `${help}: ${values.join(", ")}`,
  expected: `some of ${values.join(", ")}, separated by commas`,
  parse: (given) => {
    const chosen = given
      .split(",")
      .map((name) => values.find((value) => value.toLowerCase() === name.trim().toLowerCase()));
    return chosen.every((value) => value !== undefined) ? chosen : undefined;
  },
  values,
  isList: true,
});

export const integer = (placeholder: string, min: number, help: string): ValueOption<number> => ({
  kind: "value",
  placeholder,
  help,
  expected: `a whole number from ${min} to ${2 ** 32 - 1}`,
  parse: (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    return value >= min && value < 2 ** 32 ? value : undefined;
  },
});

/** Whole numbers, separated by commas. */
export const integers = (placeholder: string, min: number, help: string): ValueOption<readonly number[]> => {
  const { expected, parse } = integer(placeholder, min, help);
  return {
    kind: "value",
    placeholder,
    help,
    expected: `${expected}, or several, separated by commas`,
    parse: (given) => {
      const values = given.split(",").map((one) => parse(one.trim()));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
};

export const decimal = (
  placeholder: string,
  range: { readonly expected: string; readonly accepts: (value: number) => boolean },
  help: string,
): ValueOption<number> => ({
  kind: "value",
  placeholder,
  help,
  expected: range.expected,
  parse: (given) => {
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : NaN;
    return range.accepts(value) ? value : undefined;
  },
});

/** `maxNewTokens` → `--max-new-tokens` */
export const optionName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** An option that no setting gives. */
export const perCall = <O extends Flag | ValueOption<unknown>>(option: O): O => ({ ...option, perCall: true });

/** An option that nobody else may read. */
export const secret = <O extends ValueOption<unknown>>(option: O): O => ({ ...option, isSecret: true });

/** An option before which weaker settings of others fall away. */
export const replacing = <O extends Flag | ValueOption<unknown>>(replaces: readonly string[], option: O): O => ({
  ...option,
  replaces,
});

/** A table of which options of one set make those of the others fall away, where only weaker settings give them. */
export const exclusive = <const O extends OptionTable>(sets: readonly (readonly (keyof O & string)[])[], table: O): O =>
  Object.fromEntries(
    Object.entries(table).map(([key, option]) => {
      const others = sets.filter((set) => !set.includes(key)).flat();
      return [key, sets.some((set) => set.includes(key)) ? replacing(others, option) : option];
    }),
  ) as O;

/** The options of a table, under a heading of their own in the help. */
export const inGroup = <const O extends OptionTable>(group: string, table: O): O =>
  Object.fromEntries(Object.entries(table).map(([key, option]) => [key, { ...option, group }])) as O;
