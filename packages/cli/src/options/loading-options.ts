import { weightDTypes, type MatrixDType, kvDTypes } from "@helium-lm/nn";
import { type QuantFormatName, dtypeNamed } from "@helium-lm/tensor";
import { quantFormatNames, quantizersOf } from "@helium-lm/tensor/quant";
import type { LoadOptions } from "@helium-lm/helium";
import { inGroup, choice, flag, type OptionTable, type OptionValues, type ValueOption } from "./option-table.ts";

/** Block formats that matrices can be quantised to; others are only read. */
export const writableFormats: readonly QuantFormatName[] = quantFormatNames.filter(
  (name) => Object.keys(quantizersOf(name)).length > 0,
);

export const matrixDTypes: readonly MatrixDType[] = [...weightDTypes, ...writableFormats];

/** One of the dtypes, also by another tool's name such as `fp16`. */
const dtype = <const T extends string>(values: readonly T[], help: string): ValueOption<T> => ({
  ...choice("name", values, help),
  parse: (given) => dtypeNamed(given, values) ?? undefined,
});

/** How commands that load a model keep its weights. */
export const loadingOptions = inGroup("Loading", {
  dtype: dtype(matrixDTypes, "how to keep matrices in memory; auto is as in the file, block formats quantise"),
  embeddingDtype: dtype(matrixDTypes, "the same for the embedding and the head; default as --dtype"),
  kvDtype: dtype(kvDTypes, "how to keep keys and values; on wasm the default is f16 up to 2048 tokens, then q8_0"),
  strict: flag("fail if rows do not fill whole blocks of --dtype, instead of using another format for that matrix"),
} as const satisfies OptionTable);

export type LoadingOptions = OptionValues<typeof loadingOptions>;

/** These options by the names of the library. */
export function loadOptionsOf({
  dtype,
  embeddingDtype,
  kvDtype,
  strict,
}: LoadingOptions): Pick<LoadOptions, "dtype" | "embeddingDType" | "kvDType" | "strictDtype"> {
  return {
    ...(dtype && { dtype }),
    ...(embeddingDtype && { embeddingDType: embeddingDtype }),
    ...(kvDtype && { kvDType: kvDtype }),
    ...(strict && { strictDtype: true }),
  };
}
