import { blobSource } from "@helium-lm/nn";
import { ModelLoadError } from "../errors.ts";
import { parseHubId } from "../hub/hub-id.ts";
import { checkHubOptions, type HubOptions } from "../hub/hub-options.ts";
import { pathExists } from "../hub/node/node-builtins.ts";
import { describeValue } from "../given-values.ts";
import type { NamedFiles } from "./files-source.ts";
import type { FileSource, ModelSource } from "./model-source.ts";
import { shippedFolder, shippedName } from "./shipped-models.ts";
import { urlOptionsOf } from "./url-source.ts";

/**
 * What a user may write for the place of a model: a folder, a safetensors file in it, a `.gguf` file, an http(s) URL of
 * these, a repository of the hub (`org/name`, `org/name@revision`, `org/name:file.gguf`), the name of an installed small
 * model (`helium-nano`), a `.gguf` file or the files of a folder that were chosen in a page, or a source of one's own.
 *
 * A folder or repository without safetensors may hold one GGUF model. A URL's folder cannot be listed: there, write the URL
 * of the `.gguf` file itself.
 */
export type ModelLocation = string | URL | Blob | NamedFiles | ModelSource;

/** A location that can cross to a worker, by structured clone. */
export type ClonableLocation = Exclude<ModelLocation, ModelSource>;

/**
 * The source of a model. A name that may be a repository's, or is a small model's, is a folder where there is one of that
 * name. What the place holds is asked for by the source's methods; a folder must be there.
 *
 * @throws ModelLoadError for what is not a location, for a folder that does not exist and for unknown options; HubError
 *
 * @example
 * const source = await modelSource("models/helium-nano"); // or "org/name@v1", "https://…", "model.gguf"
 * console.log(JSON.parse(await readText(source, "config.json")).model_type); // helium
 * const tokenizer = await AutoTokenizer.fromPretrained(source);
 * using model = await AutoModelForCausalLM.fromPretrained(source, { backend: "cpu" });
 */
export function modelSource(location: ModelLocation, options?: HubOptions): Promise<ModelSource>;
/** A tokenizer needs files only. */
export function modelSource(location: ModelLocation | FileSource, options?: HubOptions): Promise<FileSource>;
export async function modelSource(
  location: ModelLocation | FileSource,
  options: HubOptions = {},
): Promise<FileSource | ModelSource> {
  checkHubOptions("modelSource", options);
  if (isSource(location)) return location;
  const checked = clonableLocation(
    location,
    "files by their names, or a source with readBytes(name) and openWeights()",
  );
  return typeof checked === "string" ? named(checked, options) : ofPage(checked);
}

/**
 * A location as a message can carry it; a URL is its address.
 *
 * @param last what else might have been meant, for the message
 * @throws ModelLoadError for what is none
 */
export function clonableLocation(
  location: ClonableLocation,
  last = "or files by their names",
): Exclude<ClonableLocation, URL> {
  if (typeof location === "string") return location;
  if (location instanceof URL) return location.href;
  if (location instanceof Blob) return location;
  const files: unknown = typeof location === "object" && location !== null ? Object.values(location) : [];
  if (Array.isArray(files) && files.length > 0 && files.every((file) => file instanceof Blob)) return { ...location };
  throw new ModelLoadError(
    "source",
    `is ${describeValue(location)}; expected a path, a URL, a repository of the hub, a .gguf file, ${last}`,
    { given: typeof location },
  );
}

/** Whether a path or URL names a GGUF file. */
export const isGgufLocation = (location: string): boolean => /\.gguf$/i.test(location.replace(/[?#].*$/, ""));

const isSource = (location: unknown): location is FileSource =>
  typeof (location as Partial<FileSource> | null)?.readBytes === "function";

/** What reads a place is loaded where one is named: a tokenizer alone needs no families of models. */
async function named(location: string, options: HubOptions): Promise<ModelSource> {
  const id = parseHubId(location);
  if (id !== null && !(await pathExists(location))) return (await import("./hub-source.ts")).hubSource(id, options);
  const shipped = await shippedName(location);
  if (shipped !== null) return openFolder(await shippedFolder(shipped), options);
  const place = pathOf(location);
  if (isGgufLocation(place)) return (await import("./gguf-source.ts")).ggufSource(place, urlOptionsOf(options));
  if (!/^https?:\/\//i.test(place)) return openFolder(place, options);
  return (await import("./url-source.ts")).urlSource(place, urlOptionsOf(options));
}

async function ofPage(location: Blob | NamedFiles): Promise<ModelSource> {
  if (!(location instanceof Blob)) return (await import("./files-source.ts")).filesSource(location);
  const name = (location as Partial<File>).name ?? "model.gguf";
  return (await import("./gguf-source.ts")).ggufSource(blobSource(location, name));
}

const openFolder = async (folder: string, { signal }: HubOptions): Promise<ModelSource> =>
  (await import("./folder-source.ts")).folderSource(folder, { signal });

/** A URL of Node's own files is a path; `fetch` reads none. */
const pathOf = (location: string): string => {
  if (!/^file:\/\//i.test(location)) return location;
  return decodeURIComponent(new URL(location).pathname).replace(/^\/(?=[A-Za-z]:)/, "");
};
