import { HubNotFoundError, openHubDataset, type HubOptions } from "@helium-lm/helium/hub";
import type { Dataset } from "../tasks/task.ts";
import { isBelow, type DataSource } from "./data-source.ts";

/**
 * A dataset on the hub, or the first of its mirrors that is there. Its files are fetched when they are first read, and kept in
 * the cache, where huggingface_hub finds them too.
 *
 * @param options as for models; `revision` is that of the repository
 * @throws HubError
 * @example
 * ```ts
 * const { dataset } = task;
 * const test = await openDataset(dataset, "test", await hubData(dataset));
 * ```
 */
export async function hubData(
  { repo, mirrors = [] }: Pick<Dataset, "repo" | "mirrors">,
  options: HubOptions = {},
): Promise<DataSource> {
  let missing: unknown;
  for (const name of [repo, ...mirrors]) {
    try {
      return await repoData(name, options);
    } catch (error) {
      if (!(error instanceof HubNotFoundError)) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

async function repoData(repo: string, options: HubOptions): Promise<DataSource> {
  const dataset = await openHubDataset(repo, options);
  const files = await dataset.list();
  return {
    location: dataset.name,
    repo,
    list: async (folder) => files.filter((path) => isBelow(path, folder)),
    open: (path) => dataset.open(path),
  };
}
