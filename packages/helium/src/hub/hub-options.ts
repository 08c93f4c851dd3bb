import type { Patience } from "@helium-lm/nn";
import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { ModelLoadError } from "../errors.ts";

/** How a download goes: bytes of all files asked for so far. */
export interface DownloadProgress {
  readonly phase: "download";
  /** File that grew. */
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

/** When and how often a request is tried again. */
export interface RetryOptions extends Patience {
  /** A connection that is silent for so long counts as cut. Default 30,000. */
  readonly idleMs?: number;
}

/** Where models and datasets of the hub come from and where they are kept. Defaults are the settings that Python's tools use. */
export interface HubOptions {
  /** Branch, tag or commit; default `main`. */
  readonly revision?: string;
  /** Access token; false sends none. Default: HF_TOKEN, or the token that a login left behind (Node). */
  readonly token?: string | false;
  /** Folder of the cache (Node only). Default: HF_HUB_CACHE, else `hub` in HF_HOME, else ~/.cache/huggingface/hub. */
  readonly cacheDir?: string;
  /** Takes what the cache has, without any request. Default: HF_HUB_OFFLINE. */
  readonly localFilesOnly?: boolean;
  /** Hashes what the cache has once more; what is damaged there is fetched again. Default false. */
  readonly verify?: boolean;
  /** Address of the hub. Default: HF_ENDPOINT. */
  readonly endpoint?: string;
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Hears what the caller might want to know, such as that an older cached revision is used as the hub is out of reach. */
  readonly onNotice?: (notice: string) => void;
  readonly signal?: AbortSignal;
  readonly retry?: RetryOptions;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Where the settings above are looked up; default: those of the process, if there is one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

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
  checkRetryOptions(call, options);
}

/** The same for the options in `retry`. */
export function checkRetryOptions(call: string, { retry }: Pick<HubOptions, "retry">): void {
  if (retry) checkOptionNames(`retry of ${call}`, retry, retryNames, ModelLoadError);
}
