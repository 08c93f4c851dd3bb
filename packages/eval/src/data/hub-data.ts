import { HubNotFoundError, openHubDataset, type HubDataset, type HubOptions } from "@helium-lm/helium/hub";
import type { Dataset } from "../tasks/task.ts";
import { isBelow, type DataSource } from "./data-source.ts";
import { splitFile } from "./split-files.ts";

/** Where the hub keeps its own conversion of a dataset that a script makes. */
const CONVERSION = "refs/convert/parquet";

/**
 * A dataset on the hub, or the first of its mirrors that is there. Its files are fetched when they are first read, and kept in
 * the cache, where huggingface_hub finds them too. Of one that consists of a script, the hub's conversion to Parquet is taken.
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
  const { dataset, files } = await withData(repo, options);
  return {
    location: dataset.name,
    repo,
    list: async (folder) => files.filter((path) => isBelow(path, folder)),
    open: (path) => dataset.open(path),
  };
}

interface Listed {
  readonly dataset: HubDataset;
  readonly files: readonly string[];
}

/** The revision that is asked for; where none is, and that has no data, the conversion, if there is one. */
async function withData(repo: string, options: HubOptions): Promise<Listed> {
  const name = repo.split("/")[1] ?? "";
  const dataset = await openHubDataset(repo, options);
  const files = await dataset.list();
  if (options.revision !== undefined || files.some((path) => splitFile(path, name) !== null)) return { dataset, files };
  try {
    const converted = await openHubDataset(`${repo}@${CONVERSION}`, options);
    return { dataset: converted, files: await converted.list() };
  } catch (error) {
    if (error instanceof HubNotFoundError) return { dataset, files };
    throw error;
  }
}
