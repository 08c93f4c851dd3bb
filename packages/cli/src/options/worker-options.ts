import { loadingOptions } from "./loading-options.ts";
import { choice, integer, type OptionTable, type OptionValues } from "./option-table.ts";
import { redisOption } from "./redis-address-of.ts";
import { logLevels, seconds, servingOptions } from "./serve-options.ts";

const { maxSequences: _, ...workerServing } = servingOptions;

/** Where a worker gets its lines, how many it takes, and how its models compute. */
export const workerOptions = {
  redis: redisOption("take lines from this Redis"),
  concurrency: integer("n", 1, "lines of each name at a time, and texts computed at the same time; default 32"),
  ...workerServing,
  lockDuration: seconds("after which others take the lines of a worker that is not heard of any more; default 30"),
  drainTimeout: seconds("how long lines may go on when the worker is told to end, before others get them; default 30"),
  logLevel: choice("name", logLevels, "what is logged of requests on stderr, never prompts or answers; default warn"),
  ...loadingOptions,
} as const satisfies OptionTable;

export type WorkerOptions = OptionValues<typeof workerOptions>;
