import { blobSource, SafetensorsFile, ShardedSafetensors, type ByteSource } from "@helium-lm/nn";
import { ModelLoadError } from "../../errors.ts";
import { ggufModelFiles } from "../../gguf/index.ts";
import { modelFiles, type HubOptions, type ModelFiles } from "../../hub/index.ts";
import type { LoadOptions } from "../../load.ts";

/**
 * Where a worker has its model from: a folder, a `.gguf` file, an http(s) URL of either, a repository of the hub, a `.gguf`
 * file that a user chose in the page, or the files of a folder by their names.
 */
export type WorkerModelSource = string | URL | Blob | Readonly<Record<string, Blob>>;

/** Options of `fromPretrained` that can cross to a worker. */
export type WorkerLoadOptions = Pick<
  LoadOptions,
  | "threads"
  | "dtype"
  | "embeddingDType"
  | "strictDtype"
  | "kvDType"
  | "computeDType"
  | Exclude<keyof HubOptions, "onDownload" | "onNotice" | "signal" | "fetch">
> & {
  /** Name of the backend; default "auto". */
  readonly backend?: string;
};

/** A source as a message carries it. */
export type WireSource =
  | { readonly location: string }
  | { readonly gguf: Blob; readonly name: string }
  | { readonly files: Readonly<Record<string, Blob>> };

/** @throws ModelLoadError for what is none of the sources */
export function wireSource(source: WorkerModelSource): WireSource {
  if (typeof source === "string") return { location: source };
  if (source instanceof URL) return { location: source.href };
  if (source instanceof Blob) return { gguf: source, name: (source as Partial<File>).name ?? "model.gguf" };
  const names: unknown = typeof source === "object" && source !== null ? Object.values(source) : [];
  if (!Array.isArray(names) || names.length === 0 || !names.every((file) => file instanceof Blob))
    throw new ModelLoadError(
      "source",
      "expected a path, a URL, a repository of the hub, a .gguf file, or files by their names",
      { given: typeof source },
    );
  return { files: { ...source } };
}

/** The files of a source, in the worker. @throws ModelLoadError */
export async function sourceFiles(source: WireSource, options: WorkerLoadOptions): Promise<ModelFiles> {
  if ("location" in source)
    return modelFiles(/^https?:|^file:/.test(source.location) ? urlOrPath(source.location) : source.location, options);
  if ("gguf" in source) return ggufModelFiles(blobSource(source.gguf, source.name));
  return blobFiles(source.files);
}

/** A URL of Node's own files is a path; `fetch` reads none. */
const urlOrPath = (href: string): string | URL => {
  const url = new URL(href);
  return url.protocol === "file:" ? decodeURIComponent(url.pathname) : url;
};

/** The files of a checkpoint folder, each in memory or on the user's disk. */
function blobFiles(files: Readonly<Record<string, Blob>>): ModelFiles {
  const location = "files";
  const open = (name: string): ByteSource => {
    const file = files[name];
    if (!file)
      throw new ModelLoadError(`${location}/${name}`, "is not among them; give all files of the checkpoint", {
        given: Object.keys(files),
      });
    return blobSource(file, name);
  };
  const readText = async (name: string): Promise<string | null> => (await files[name]?.text()) ?? null;
  return {
    location,
    readText,
    readBytes: async (name) => {
      const file = files[name];
      return file ? new Uint8Array(await file.arrayBuffer()) : null;
    },
    openWeights: async () => {
      const index = await readText("model.safetensors.index.json");
      if (index !== null) return ShardedSafetensors.open(index, async (name) => open(name), location);
      return SafetensorsFile.open(open("model.safetensors"));
    },
  };
}
