import { ConfigError } from "../errors.ts";
import type { Derivation, KeyRef, PerLayer } from "./family.ts";
import type { JsonValue } from "./json-value.ts";

/** Reads a key that is already known; an undeclared one is undefined. */
export type Lookup = (key: string) => JsonValue | undefined;

/** The value that a family's derivation gives to `key`. */
export function deriveField(key: string, derivation: Derivation, lookup: Lookup, file: string): JsonValue {
  if ("value" in derivation) return derivation.value;
  if ("sameAs" in derivation) return lookup(derivation.sameAs) ?? null;
  if ("perLayer" in derivation) return perLayer(derivation, lookup);
  const [dividend, divisor] = derivation.quotient;
  const by = lookup(divisor) as number;
  const quotient = (lookup(dividend) as number) / by;
  if (Number.isInteger(quotient)) return quotient;
  throw new ConfigError({
    file,
    key: dividend,
    given: lookup(dividend),
    expected: `a multiple of ${divisor} = ${by} where ${key} is not given`,
    mend: `give ${key}, or correct one of the two`,
  });
}

/** `[num_hidden_layers]` layer types or flags. */
function perLayer(rule: PerLayer, lookup: Lookup): readonly JsonValue[] {
  const number = (source: number | KeyRef): number =>
    typeof source === "number" ? source : (lookup(source.key) as number);
  const sliding = (slides: boolean): string => (slides ? "sliding_attention" : "full_attention");
  const hasWindow = typeof lookup("sliding_window") === "number";
  const ofLayer = (layer: number): JsonValue => {
    switch (rule.perLayer) {
      case "sliding-except-every":
        return sliding((layer + 1) % number(rule.every) !== 0);
      case "sliding-from":
        return sliding(hasWindow && layer >= number(rule.first));
      case "sliding-where-zero":
        return sliding(
          hasWindow && lookup(rule.onlyIf.key) === true && (lookup(rule.flags.key) as readonly number[])[layer] === 0,
        );
      case "one-except-every":
        return (layer + 1) % number(rule.every) === 0 ? 0 : 1;
    }
  };
  return Array.from({ length: lookup("num_hidden_layers") as number }, (_, layer) => ofLayer(layer));
}
