import { textOf } from "./text-of.ts";
import type { ModelEntry, ModelEntryOptions } from "@helium-lm/serve";
import type { CliIo } from "../terminal/cli-io.ts";
import { loadOptionsOf, type LoadingOptions } from "./loading-options.ts";
import { modelLocation } from "./model-location.ts";
import { UsageError } from "./option-table.ts";
import type { ServeOptionValues } from "./serve-options.ts";
import type { SharedOptions } from "./shared-options.ts";

/** Tokens tried ahead, at most, where a text repeats itself. */
const LOOKUP = 3;

/** How models are served, whoever asks them. */
export type ModelServing = Pick<ServeOptionValues, "alias" | "budget" | "kvMemory" | "speculation" | "chatTemplate"> &
  SharedOptions &
  LoadingOptions;

/** Where a model lies, and the name that requests ask for it by. */
interface Named {
  readonly id: string;
  readonly location: string;
}

/**
 * The models that the command line names, the first of them the default one.
 *
 * @throws UsageError for two of one name and for aliases of models that are not there; ModelLoadError
 */
export async function servedModels(
  subject: string,
  given: readonly string[],
  options: ModelServing,
  io: CliIo,
): Promise<readonly ModelEntry[]> {
  const names = given.length > 0 ? given : ["helium-nano"];
  const models = await Promise.all(
    names.map(async (name): Promise<Named> => {
      const location = await modelLocation(name, "helium-nano", io);
      return { id: modelId(name), location };
    }),
  );
  const aliases = aliasesOf(subject, models, options.alias ?? []);
  const { backend = "auto", threads, codegen = "wide", budget, kvMemory, speculation } = options;
  const chatTemplate = await templateOf(subject, options.chatTemplate);
  const { dtype, embeddingDType, kvDType, strictDtype } = loadOptionsOf(options);
  const common: ModelEntryOptions = {
    backend,
    // This process is the command's own, so that V8's flags may be set.
    ...((backend === "auto" || backend === "wasm") && { codegen }),
    ...(threads !== undefined && { threads }),
    ...(dtype !== undefined && { dtype }),
    ...(embeddingDType !== undefined && { embeddingDType }),
    ...(kvDType !== undefined && { kvDType }),
    ...(strictDtype !== undefined && { strictDtype }),
    ...(budget !== undefined && { engine: { budget } }),
    ...(kvMemory !== undefined && { kvMemory }),
    ...(speculation === "lookup" && { engineDefaults: { promptLookupNumTokens: LOOKUP } }),
    ...(chatTemplate !== null && { chatTemplate }),
  };
  const { modelEntry } = await import("@helium-lm/serve");
  return models.map(({ id, location }) => modelEntry(id, location, { ...common, aliases: aliases.get(id) ?? [] }));
}

/** `./models/SmolLM2-135M.Q8_0.gguf` → `SmolLM2-135M.Q8_0`; `org/name` of the hub stays. */
export function modelId(name: string): string {
  const isPath = /^[./~]|^[a-z]:|\\|^https?:/i.test(name) || name.endsWith(".gguf") || name.split("/").length !== 2;
  const last = isPath ? (name.split(/[/\\]/).filter(Boolean).at(-1) ?? name) : name;
  return last.replace(/\.gguf$/i, "");
}

/** Other names by model. @throws UsageError */
function aliasesOf(
  subject: string,
  models: readonly Named[],
  given: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const known = new Set<string>();
  const take = (name: string): void => {
    if (known.has(name))
      throw new UsageError(subject, `two models are called ${JSON.stringify(name)}; give one of them alone`, { name });
    known.add(name);
  };
  for (const { id } of models) take(id);
  const aliases = new Map<string, string[]>();
  for (const each of given) {
    const [alias = "", id = models[0]?.id ?? ""] = each.split("=").map((part) => part.trim());
    if (!models.some((model) => model.id === id))
      throw new UsageError(
        subject,
        `--alias ${each} is of ${JSON.stringify(id)}, which is not served; expected one of ${models.map((model) => model.id).join(", ")}`,
        { given: id },
      );
    take(alias);
    aliases.set(id, [...(aliases.get(id) ?? []), alias]);
  }
  return aliases;
}

async function templateOf(subject: string, file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  return textOf(subject, "--chat-template", file);
}
