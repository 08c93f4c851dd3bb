import { ConfigError } from "../errors.ts";
import type { ConfigDType, FieldKind, Kind, LayerType } from "./fields.ts";
import { isJsonObject, type JsonValue } from "./json-value.ts";
import type { ActivationName } from "@helium-lm/tensor";

/** Typed by the kernels' union, so that a new activation must be listed here. */
const table: Readonly<Record<ActivationName, true>> = {
  silu: true,
  swish: true,
  gelu: true,
  gelu_python: true,
  gelu_pytorch_tanh: true,
  gelu_new: true,
  gelu_fast: true,
  gelu_accurate: true,
  relu: true,
  relu2: true,
  relu6: true,
  leaky_relu: true,
  hardswish: true,
  mish: true,
  linear: true,
  quick_gelu: true,
  sigmoid: true,
  tanh: true,
};

/** Values that `hidden_act` and `hidden_activation` may have. */
export const activationNames: readonly string[] = Object.keys(table);

export const isActivationName = (name: unknown): name is ActivationName =>
  typeof name === "string" && Object.hasOwn(table, name);

/** Sizes are 32-bit in every file format and kernel. */
const maxCount = 2 ** 31 - 1;

/** Far beyond any model, and small enough for per-layer lists. */
const maxLayers = 65_536;

const isWhole = (value: JsonValue, low: number, high: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= low && value <= high;

const isFinite = (value: JsonValue): value is number => typeof value === "number" && Number.isFinite(value);

const isToken = (value: JsonValue): boolean => isWhole(value, -maxCount, maxCount);

const isListOf = (value: JsonValue, check: (item: JsonValue) => boolean): boolean =>
  Array.isArray(value) && (value as readonly JsonValue[]).every(check);

const layerTypes = ["full_attention", "sliding_attention"] as const satisfies readonly LayerType[];

const dtypes = ["float64", "float32", "float16", "bfloat16"] as const satisfies readonly ConfigDType[];

interface Check {
  readonly expected: string;
  readonly accepts: (value: JsonValue) => boolean;
}

const checks: Readonly<Record<Kind, Check>> = {
  count: { expected: "a whole number of at least 1", accepts: (v) => isWhole(v, 1, maxCount) },
  natural: { expected: "a whole number of at least 0", accepts: (v) => isWhole(v, 0, maxCount) },
  layers: { expected: `a whole number in [1, ${maxLayers}]`, accepts: (v) => isWhole(v, 1, maxLayers) },
  positive: { expected: "a finite number above 0", accepts: (v) => isFinite(v) && v > 0 },
  number: { expected: "a finite number", accepts: isFinite },
  fraction: { expected: "a number in [0, 1]", accepts: (v) => isFinite(v) && v >= 0 && v <= 1 },
  flag: { expected: "true or false", accepts: (v) => typeof v === "boolean" },
  text: { expected: "a string", accepts: (v) => typeof v === "string" },
  texts: { expected: "a list of strings", accepts: (v) => isListOf(v, (item) => typeof item === "string") },
  activation: { expected: `one of ${activationNames.join(", ")}`, accepts: isActivationName },
  dtype: { expected: `one of ${dtypes.join(", ")}`, accepts: (v) => (dtypes as readonly JsonValue[]).includes(v) },
  token: { expected: "a token id (a whole number)", accepts: isToken },
  tokens: { expected: "a token id or a list of them", accepts: (v) => isToken(v) || isListOf(v, isToken) },
  layerTypes: {
    expected: `a list of ${layerTypes.join(" or ")}`,
    accepts: (v) => isListOf(v, (item) => (layerTypes as readonly JsonValue[]).includes(item)),
  },
  layerFlags: { expected: "a list of 0 or 1", accepts: (v) => isListOf(v, (item) => item === 0 || item === 1) },
  object: { expected: "an object", accepts: isJsonObject },
};

export const isNullable = (kind: FieldKind): boolean => kind.endsWith("?");

/** The kind without its `?`. */
export const baseKind = (kind: FieldKind): Kind => (isNullable(kind) ? kind.slice(0, -1) : kind) as Kind;

/** Throws ConfigError unless `value` is of `kind`. */
export function checkField(key: string, value: JsonValue, kind: FieldKind, file: string): void {
  if (value === null && isNullable(kind)) return;
  const { expected, accepts } = checks[baseKind(kind)];
  if (value !== null && accepts(value)) return;
  throw new ConfigError({
    file,
    key,
    given: value,
    expected: isNullable(kind) ? `${expected}, or null` : expected,
    mend: "correct the value, or leave the key out for the family's default",
  });
}
