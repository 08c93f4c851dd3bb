import type { ByteSource } from "@helium-lm/nn";
import { HubNotFoundError } from "../errors.ts";
import { parseHubId } from "./hub-id.ts";
import { checkHubOptions, type HubOptions } from "./hub-options.ts";
import { openHubRepo } from "./open-repo.ts";

/** The files of a dataset on the hub, all of one commit. */
export interface HubDataset {
  /** For messages: `datasets/org/name`, with the revision where it is not `main`. */
  readonly name: string;
  /** The commit that all files come from. @throws HubError */
  commit(): Promise<string>;
  /** Paths of the files that can be had: all of the commit, or, without the hub, those in the cache. @throws HubError */
  list(): Promise<readonly string[]>;
  /**
   * A file, fetched if the cache lacks it and checked against the hash that the hub lists. The caller closes it.
   *
   * @throws HubNotFoundError where the commit has none of that name, and other HubErrors
   */
  open(path: string): Promise<ByteSource>;
}

/**
 * A dataset on the hub: each file is fetched when it is first asked for, and kept in the cache, as huggingface_hub keeps it
 * (`datasets--org--name`). Asks nothing yet.
 *
 * @param id `org/name` or `org/name@revision`
 * @throws HubNotFoundError for anything else, HubError for settings that cannot be used, ModelLoadError for unknown options
 * @example
 * ```ts
 * const dataset = await openHubDataset("allenai/ai2_arc");
 * console.log(await dataset.list());
 * ```
 */
export async function openHubDataset(id: string, options: HubOptions = {}): Promise<HubDataset> {
  checkHubOptions("openHubDataset", options);
  const parsed = parseHubId(id);
  if (parsed === null || parsed.file !== undefined)
    throw new HubNotFoundError(id, "is not the name of a dataset; give org/name, or org/name@revision");
  const repo = await openHubRepo(parsed, options, "dataset");
  return {
    name: repo.name,
    commit: () => repo.commit(),
    list: () => repo.list(),
    open: async (path) => (await repo.need(path)).open(),
  };
}
