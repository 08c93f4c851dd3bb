import { HubNotFoundError } from "../errors.ts";

/** Which files of a repository hold the weights. */
export type WeightsChoice =
  | { readonly kind: "safetensors"; readonly file: string }
  | { readonly kind: "index"; readonly file: string }
  /** Of a split model all files, in order. */
  | { readonly kind: "gguf"; readonly files: readonly string[] };

const single = "model.safetensors";
const index = "model.safetensors.index.json";

/** Whether there are weights that are taken unless a GGUF file is named. */
export const hasSafetensors = (paths: readonly string[]): boolean => paths.includes(single) || paths.includes(index);

/** Whether a GGUF model has further files. */
export const isSplitGguf = (path: string): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(path);

/**
 * Finds the weights among a repository's files: a GGUF file if one is named, else safetensors, else the only GGUF model.
 *
 * @param file a GGUF file, or how its name ends before `.gguf`, in any case
 * @throws HubNotFoundError that lists what there is
 */
export function chooseWeights(name: string, paths: readonly string[], file?: string): WeightsChoice {
  if (file === undefined && paths.includes(single)) return { kind: "safetensors", file: single };
  if (file === undefined && paths.includes(index)) return { kind: "index", file: index };
  const models = ggufModels(paths);
  const found = file === undefined ? models : models.filter(([first = ""]) => isMeant(first, file));
  const [files] = found;
  if (found.length === 1 && files) return { kind: "gguf", files };
  const names = models.map(([first]) => first).join(", ");
  const given = file === undefined ? {} : { given: file };
  if (models.length > 0)
    throw new HubNotFoundError(
      name,
      `${found.length === 0 ? `has no GGUF file ${JSON.stringify(file)}` : "has several GGUF models"}; ` +
        `name one as ${name}:<file>: ${names}`,
      { ...given, expected: models.map(([first]) => first) },
    );
  throw new HubNotFoundError(
    name,
    `has no weights in a supported format (${single}, its shards, or GGUF); choose a repository that has them`,
    given,
  );
}

/** Every GGUF model by its files; a split one is named by its first. */
export function ggufModels(paths: readonly string[]): readonly (readonly string[])[] {
  const isModel = (path: string): boolean => /\.gguf$/i.test(path) && !/(?:^|\/)mmproj[^/]*$/i.test(path);
  const sorted = paths.filter(isModel).sort();
  return sorted.flatMap((path) => {
    const [, stem, number, count] = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i.exec(path) ?? [];
    if (stem === undefined) return [[path]];
    if (number !== "00001") return [];
    return [sorted.filter((other) => other.startsWith(`${stem}-`) && other.endsWith(`-of-${count}.gguf`))];
  });
}

function isMeant(path: string, file: string): boolean {
  if (path === file) return true;
  const stem = (text: string): string => text.toLowerCase().replace(/(?:-\d{5}-of-\d{5})?\.gguf$/, "");
  return stem(path) === stem(file) || new RegExp(`[-._/]${escaped(stem(file))}$`).test(stem(path));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
