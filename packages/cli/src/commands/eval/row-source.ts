import { hubData, rowsFrom, type DataSource, type Dataset, type RowSource } from "@helium-lm/eval";
import { folderData } from "@helium-lm/eval/node";
import type { HubOptions } from "@helium-lm/helium";
import { cacheLocation } from "@helium-lm/helium/hub/cache";
import { UsageError } from "../../options/option-table.ts";
import type { EvalOptions } from "./eval-options.ts";

/**
 * Where the data of tasks is: the user's folder, then the cache of the hub, which other tools fill too, then with --download
 * the hub.
 *
 * @throws DataError for a folder that is not there
 */
export async function rowSource(
  { data, download }: Pick<EvalOptions, "data" | "download">,
  options: HubOptions,
): Promise<RowSource> {
  const { cacheDir, env } = options;
  const cache = await cacheLocation({ ...(cacheDir !== undefined && { cacheDir }), ...(env && { env }) });
  const sources: DataSource[] = data === undefined ? [] : [await folderData(data)];
  const cached = await folderData(cache).catch(() => null);
  if (cached !== null) sources.push(cached);
  if (sources.length === 0 && !download)
    throw new UsageError(
      "helium eval",
      `needs the data of its tasks, and there is no cache of the hub at ${cache}; name a folder with --data, or add --download`,
      { cache },
    );
  // The subjects of MMLU, and their splits, are all of one repository: its files are asked for once.
  const opened = new Map<string, Promise<DataSource>>();
  const fromHub = (dataset: Dataset): Promise<DataSource> => {
    const source = opened.get(dataset.repo) ?? hubData(dataset, options);
    opened.set(dataset.repo, source);
    source.catch(() => opened.delete(dataset.repo));
    return source;
  };
  return async (dataset, split) => {
    try {
      return await rowsFrom(sources)(dataset, split);
    } catch (error) {
      if (!download) throw error;
      return rowsFrom([await fromHub(dataset)])(dataset, split);
    }
  };
}
