import { loadingOptions } from "./loading-options.ts";
import { replacing, type OptionTable, type OptionValues } from "./option-table.ts";
import { list, servingOptions } from "./serve-options.ts";

/** Those of a server that a batch has, and several models. */
export const batchOptions = {
  models: replacing(
    ["model"],
    list("a,b", "several models, for lines that name them; the first is that of lines which name none"),
  ),
  ...servingOptions,
  ...loadingOptions,
} as const satisfies OptionTable;

export type BatchOptions = OptionValues<typeof batchOptions>;
