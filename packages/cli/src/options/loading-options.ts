import { dtypeNamed } from "@helium-lm/tensor";
import { kvDTypes } from "@helium-lm/nn";
import type { LoadOptions } from "@helium-lm/helium";
import { matrixDTypes } from "./matrix-dtypes.ts";
import { choice, flag, type OptionTable, type OptionValues, type ValueOption } from "./option-table.ts";

/** One of the dtypes, also by another tool's name such as `fp16`. */
const dtype = <const T extends string>(values: readonly T[], help: string): ValueOption<T> => ({
  ...choice("name", values, help),
  parse: (given) => dtypeNamed(given, values) ?? undefined,
});

/** How commands that load a model keep its weights. */
export const loadingOptions = {
  dtype: dtype(matrixDTypes, "how matrices are kept in memory, auto as in the file; block formats quantise"),
  embeddingDtype: dtype(matrixDTypes, "the same for the embedding and the head; default as --dtype"),
  kvDtype: dtype(kvDTypes, "how keys and values are kept; default on wasm f16 up to 2048 tokens, q8_0 beyond"),
  strict: flag("fail where rows do not fill the blocks of --dtype, instead of keeping that matrix in another"),
} as const satisfies OptionTable;

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
