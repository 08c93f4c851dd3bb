import { SafetensorsFile, ShardedSafetensors, type CheckpointReader } from "@helium-lm/nn";
import { ggufModelFiles } from "../gguf/index.ts";
import { chooseWeights, hasSafetensors, isSplitGguf, type WeightsChoice } from "./choose-weights.ts";
import { HubNotFoundError } from "./errors.ts";
import type { HubId } from "./hub-id.ts";
import type { HubOptions } from "./hub-options.ts";
import { shardsIn, type HubRepo } from "./hub-repo.ts";
import type { StoredFile } from "./hub-store.ts";
import type { ModelFiles } from "./model-files.ts";
import { openHubRepo } from "./open-repo.ts";
import { MOST_SMALL_BYTES } from "./small-file.ts";

/** Files that not every checkpoint has, and that go without saying where the cache knows nothing of them. */
const optional = new Set([
  "generation_config.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
  "chat_template.json",
]);

/**
 * Model files of a hub repository. Each is fetched when it is first asked for, shards in parallel, checked against the hash
 * that the hub lists, and kept in the cache; all come from the commit that the revision had at the first question.
 *
 * @throws HubError, also from the methods
 */
export async function hubFiles(id: HubId, options: HubOptions = {}): Promise<ModelFiles> {
  return repoFiles(await openHubRepo(id, options), id);
}

/** The same for a repository that is open. */
export async function repoFiles(repo: HubRepo, id: HubId): Promise<ModelFiles> {
  // A GGUF file has its own config and tokenizer, which fit its weights.
  if (id.file !== undefined || (await isGgufAlone(repo))) return ggufFiles(repo, await weightsOf(repo, id.file));
  const find = (name: string): Promise<StoredFile | null> =>
    optional.has(name) ? repo.optionalFile(name, MOST_SMALL_BYTES) : repo.file(name, MOST_SMALL_BYTES);
  return {
    location: repo.name,
    readText: async (name) => (await find(name))?.readText() ?? null,
    readBytes: async (name) => (await find(name))?.readBytes() ?? null,
    openWeights: async () => openWeights(repo, await weightsOf(repo)),
  };
}

async function isGgufAlone(repo: HubRepo): Promise<boolean> {
  if (hasSafetensors(await repo.cached())) return false;
  const paths = await repo.list();
  return !hasSafetensors(paths) && paths.some((path) => path.endsWith(".gguf"));
}

/** What is cached decides where it can: for a given commit, and without the hub, no question is needed then. */
async function weightsOf(repo: HubRepo, file?: string): Promise<WeightsChoice> {
  const cached = await repo.cached();
  const isHere = file === undefined ? hasSafetensors(cached) : cached.includes(file) && !isSplitGguf(file);
  return chooseWeights(repo.name, isHere ? cached : await repo.list(), file);
}

async function openWeights(repo: HubRepo, choice: WeightsChoice): Promise<CheckpointReader> {
  if (choice.kind === "safetensors") return SafetensorsFile.open(await (await repo.need(choice.file)).open());
  if (choice.kind === "index") {
    const index = await (await repo.need(choice.file)).readText();
    const name = `${repo.name}/${choice.file}`;
    const listed = await repo.list();
    // Names that are no files of the repository are left to the reader, which says what is wrong with them.
    await repo.needAll(shardsIn(name, index).filter((shard) => listed.includes(shard)));
    return ShardedSafetensors.open(index, async (shard) => (await repo.need(shard)).open(), name);
  }
  return (await ggufFiles(repo, choice)).openWeights();
}

/** The model in a GGUF file of the repository, once it is here. */
async function ggufFiles(repo: HubRepo, choice: WeightsChoice): Promise<ModelFiles> {
  if (choice.kind !== "gguf") throw new HubNotFoundError(repo.name, "has no GGUF file; leave out the name of one");
  const [first = ""] = choice.files;
  await repo.needAll(choice.files);
  const file = await repo.need(first);
  return { ...ggufModelFiles(file.path ?? (await file.open())), location: `${repo.name}:${first}` };
}
