import { formatHubId, type HubId } from "../hub/hub-id.ts";
import { checkHubOptions, type HubOptions } from "../hub/hub-options.ts";
import { openHubRepo } from "../hub/open-repo.ts";
import { repoSource } from "./hub-source.ts";

export interface PulledModel {
  /** As it is loaded again. */
  readonly model: string;
  readonly commit: string;
  readonly tensors: number;
  /** What was not in the cache before. */
  readonly fetched: { readonly files: number; readonly bytes: number };
}

/** What loading may ask for beside the weights. */
const smallFiles = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
];

/**
 * Brings everything that loading a model needs into the cache, so that it works without the network afterwards, and opens
 * its weights once.
 *
 * @throws HubError, CheckpointError
 */
export async function pullModel(id: HubId, options: HubOptions = {}): Promise<PulledModel> {
  checkHubOptions("pullModel", options);
  const repo = await openHubRepo(id, options);
  const source = await repoSource(repo, id);
  const found = await Promise.all(smallFiles.map((name) => source.readBytes(name)));
  if (found[smallFiles.indexOf("tokenizer.json")] === null) await source.readBytes("tokenizer.model");
  const reader = await source.openWeights();
  const tensors = reader.names().length;
  await reader.close();
  return { model: formatHubId(id), commit: await repo.commit(), tensors, fetched: repo.fetched };
}
