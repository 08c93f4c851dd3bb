import { SafetensorsFile, ShardedSafetensors, type CheckpointReader } from "@helium-lm/nn";
import { chooseWeights, hasSafetensors, isSplitGguf, type WeightsChoice } from "../hub/choose-weights.ts";
import { HubNotFoundError } from "../errors.ts";
import type { HubId } from "../hub/hub-id.ts";
import { checkHubOptions, type HubOptions } from "../hub/hub-options.ts";
import { shardsIn, type HubRepo } from "../hub/hub-repo.ts";
import { openHubRepo } from "../hub/open-repo.ts";
import { ggufSource } from "./gguf-source.ts";
import { type GgufSource, type ModelSource, MAX_FILE_BYTES, textOf } from "./model-source.ts";

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
 * A model in a repository of the hub. Each file is fetched when it is first asked for, shards in parallel, checked against
 * the hash that the hub lists, and kept in the cache; all come from the commit that the revision had at the first question.
 * A repository without safetensors may hold one GGUF model, or `id.file` names one.
 *
 * @throws HubError, also from the methods; ModelLoadError for unknown options
 *
 * @example
 * const source = await hubSource({ repo: "org/name", revision: "v1" }, { token: "hf_…" });
 * console.log(await readText(source, "config.json"));
 */
export async function hubSource(id: HubId, options: HubOptions = {}): Promise<ModelSource> {
  checkHubOptions("hubSource", options);
  return repoSource(await openHubRepo(id, options), id);
}

/** The same for a repository that is open. */
export async function repoSource(repo: HubRepo, id: HubId): Promise<ModelSource> {
  // A GGUF file has its own config and tokenizer, which fit its weights.
  if (id.file !== undefined || (await isGgufAlone(repo))) return ggufInRepo(repo, await weightsOf(repo, id.file));
  return {
    location: repo.name,
    readBytes: async (name) => {
      const find = optional.has(name) ? repo.optionalFile(name, MAX_FILE_BYTES) : repo.file(name, MAX_FILE_BYTES);
      return (await find)?.readBytes() ?? null;
    },
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
    const index = textOf(await (await repo.need(choice.file)).readBytes());
    const name = `${repo.name}/${choice.file}`;
    const listed = await repo.list();
    // Names that are no files of the repository are left to the reader, which says what is wrong with them.
    await repo.needAll(shardsIn(name, index).filter((shard) => listed.includes(shard)));
    return ShardedSafetensors.open(index, async (shard) => (await repo.need(shard)).open(), name);
  }
  return (await ggufInRepo(repo, choice)).openWeights();
}

/** The model in a GGUF file of the repository, once it is here. */
async function ggufInRepo(repo: HubRepo, choice: WeightsChoice): Promise<GgufSource> {
  if (choice.kind !== "gguf") throw new HubNotFoundError(repo.name, "has no GGUF file; leave out the name of one");
  const [first = ""] = choice.files;
  await repo.needAll(choice.files);
  const file = await repo.need(first);
  return { ...ggufSource(file.path ?? (await file.open())), location: `${repo.name}:${first}` };
}
