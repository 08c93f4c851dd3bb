export {
  HubAccessError,
  HubError,
  HubIntegrityError,
  HubNotFoundError,
  HubOfflineError,
  HubStorageError,
  HubUnavailableError,
} from "../errors.ts";
export { openHubDataset, type HubDataset } from "./hub-dataset.ts";
export { formatHubId, parseHubId, type HubId } from "./hub-id.ts";
export type { DownloadProgress, HubOptions, RetryOptions } from "./hub-options.ts";
