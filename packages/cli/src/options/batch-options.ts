import { loadingOptions } from "./loading-options.ts";
import { replacing, type OptionTable, type OptionValues } from "./option-table.ts";
import { redisOption } from "./redis-address-of.ts";
import { list, servingOptions } from "./serve-options.ts";

/** How the models of a batch compute on this machine. */
export const batchModelOptions = {
  models: replacing(
    ["model"],
    list("a,b", "several models, for lines that name them; the first is that of lines which name none"),
  ),
  ...servingOptions,
  ...loadingOptions,
} as const satisfies OptionTable;

/** Those of a server that a batch has, several models, or workers elsewhere. */
export const batchOptions = {
  redis: replacing(
    Object.keys(batchModelOptions),
    redisOption("leave the work to helium worker, on any machines, through this Redis"),
  ),
  ...batchModelOptions,
} as const satisfies OptionTable;

export type BatchOptions = OptionValues<typeof batchOptions>;
