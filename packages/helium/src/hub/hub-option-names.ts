import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";
import type { HubOptions, RetryOptions } from "./hub-options.ts";

export const hubOptionNames: OptionNames<HubOptions> = {
  revision: true,
  token: true,
  cacheDir: true,
  localFilesOnly: true,
  verify: true,
  endpoint: true,
  onDownload: true,
  onNotice: true,
  signal: true,
  retry: true,
  fetch: true,
  env: true,
};

const retryNames: OptionNames<RetryOptions> = { attempts: true, backoffMs: true, longestWaitMs: true, idleMs: true };

/** @param call for the message @throws ModelLoadError for unknown options, with the nearest */
export function checkHubOptions(call: string, options: HubOptions): void {
  checkOptionNames(call, options, hubOptionNames, ModelLoadError);
  if (options.retry) checkOptionNames(`retry of ${call}`, options.retry, retryNames, ModelLoadError);
}
