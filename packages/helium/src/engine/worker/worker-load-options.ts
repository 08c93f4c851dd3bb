import type { HubOptions } from "../../hub/hub-options.ts";
import type { LoadOptions } from "../../loading/load-model.ts";

/** Options of `fromPretrained` that can cross to a worker. */
export type WorkerLoadOptions = Pick<
  LoadOptions,
  | "threads"
  | "dtype"
  | "embeddingDType"
  | "strictDtype"
  | "kvDType"
  | "computeDType"
  | Exclude<keyof HubOptions, "onDownload" | "onNotice" | "signal" | "fetch">
> & {
  /** Name of the backend; default "auto". */
  readonly backend?: string;
};
