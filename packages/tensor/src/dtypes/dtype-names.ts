import type { QuantFormatName } from "../contract/operand.ts";
import { dtypeNames, isDType, type DType } from "./dtype.ts";
import { ArgumentError, DTypeError, type HeliumLmError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { checkOptionNames, type OptionNames } from "../option-names.ts";

/** Names that other tools have for dtypes and weight formats, each with what it means here: the first that a call takes. */
export const dtypeAliases = {
  float: ["f32"],
  float32: ["f32"],
  fp32: ["f32"],
  half: ["f16"],
  float16: ["f16"],
  fp16: ["f16"],
  bfloat16: ["bf16"],
  int32: ["i32"],
  uint32: ["u32"],
  uint8: ["u8"],
  // Of elements the integers, of weights and of keys and values blocks with a scale.
  int8: ["i8", "q8_0"],
  q8: ["q8_0"],
  int4: ["q4_0"],
  q4: ["q4_0"],
} as const satisfies Readonly<Record<string, readonly (DType | QuantFormatName)[]>>;

type Alias = keyof typeof dtypeAliases;

/** The other names of the dtypes `T`. */
export type DTypeAlias<T extends string> = {
  [A in Alias]: Extract<(typeof dtypeAliases)[A][number], T> extends never ? never : A;
}[Alias];

/** The dtype of that name among those that are allowed, in upper or lower case or by another tool's name; else null. */
export function dtypeNamed<T extends string>(given: unknown, allowed: readonly T[]): T | null {
  if (typeof given !== "string") return null;
  const wanted = given.toLowerCase();
  const own = allowed.find((name) => name.toLowerCase() === wanted);
  if (own !== undefined) return own;
  const meant = meanings(wanted).find((name) => allowed.some((other) => other === name));
  return allowed.find((name) => name === meant) ?? null;
}

/** A dtype by its own name or by another tool's. */
export type DTypeLike = DType | DTypeAlias<DType>;

type DTypeRefusal = new (subject: string, message: string, details: Readonly<Record<string, unknown>>) => HeliumLmError;

/**
 * As `dtypeNamed`.
 *
 * @param field what holds the dtype, where the subject is the call
 * @throws `Refusal` for any other value, with all names and the nearest
 */
export function checkedDType<T extends string>(
  { subject, field }: { readonly subject: string; readonly field?: string },
  given: unknown,
  allowed: readonly T[],
  Refusal: DTypeRefusal = ArgumentError,
): T {
  const found = dtypeNamed(given, allowed);
  if (found !== null) return found;
  const refuse = (shown: string, more = "", details = {}): never => {
    const verb = field === undefined ? "is" : `${field} is`;
    throw new Refusal(subject, `${verb} ${shown}; expected one of ${allowed.join(", ")}${more}`, {
      given,
      expected: allowed,
      ...details,
    });
  };
  if (typeof given !== "string")
    return refuse(
      given === null || typeof given === "number" || typeof given === "boolean" ? String(given) : `a ${typeof given}`,
    );
  const others = Object.keys(dtypeAliases).filter((alias) => dtypeNamed(alias, allowed) !== null);
  const nearest = nearestName(given, [...allowed, ...others]);
  return refuse(given.slice(0, 40), `; did you mean ${nearest}?`, { nearest });
}

/** The dtype that an op was given. @throws DTypeError for what is none, with the nearest */
export function dtypeOf(op: string, given: DTypeLike): DType {
  return isDType(given) ? given : checkedDType({ subject: op, field: "dtype" }, given, dtypeNames, DTypeError);
}

/** The option that says which dtype a result has. */
export interface DTypeOption {
  readonly dtype?: DTypeLike;
}

const dtypeOptions: OptionNames<DTypeOption> = { dtype: true };

/** The dtype asked for, else `otherwise`. @throws DTypeError for what is none, ArgumentError for unknown options */
export function dtypeOption(op: string, options: DTypeOption, otherwise: DType): DType {
  checkOptionNames(op, options, dtypeOptions);
  return options.dtype === undefined ? otherwise : dtypeOf(op, options.dtype);
}

const meanings = (alias: string): readonly string[] =>
  Object.hasOwn(dtypeAliases, alias) ? dtypeAliases[alias as Alias] : [];
