import { checkHubOptions } from "./hub-option-names.ts";
import { repoFiles } from "./hub-files.ts";
import { formatHubId, type HubId } from "./hub-id.ts";
import type { HubOptions } from "./hub-options.ts";
import { openHubRepo } from "./open-repo.ts";

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
  const files = await repoFiles(repo, id);
  const texts = await Promise.all(smallFiles.map((name) => files.readText(name)));
  if (texts[smallFiles.indexOf("tokenizer.json")] === null) await files.readBytes?.("tokenizer.model");
  const reader = await files.openWeights();
  const tensors = reader.names().length;
  await reader.close();
  return { model: formatHubId(id), commit: await repo.commit(), tensors, fetched: repo.fetched };
}
