import type { QuantFormatName } from "../contract/operand.ts";
import { isQuantFormat } from "../quant/formats/index.ts";
import { conformanceCases } from "./cases/index.ts";
import type { Skip } from "./options.ts";

/**
 * Skips of all ops on block-quantised matrices for a backend that keeps none, or only those of the `stored` formats.
 */
export function skipQuant(reason: string, stored: readonly QuantFormatName[] = []): readonly Skip[] {
  return conformanceCases.flatMap(({ op, dtypes, variants }) => {
    const formats = [...new Set(dtypes.flatMap((dtype) => variants(dtype)))].filter(isQuantFormat);
    if (formats.length === 0) return [];
    if (stored.length === 0) return [{ op, reason }];
    return formats.filter((format) => !stored.includes(format)).map((format) => ({ op, format, reason }));
  });
}
