import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { modelsFolder } from "../peers/cache-folder.ts";
import { quantizeFile, type FileType } from "../peers/native/quantize-file.ts";
import { checkDisk } from "./check-disk.ts";
import { gemma270m, llama1b, llama8b } from "./format-shapes.ts";
import { writeRandomGguf } from "./random-gguf.ts";
import { repeatLayers } from "./repeat-layers.ts";
import { smollm2File } from "./smollm2.ts";

/** A model that is measured in several formats. */
export interface FormatModel {
  readonly name: string;
  readonly formats: readonly FileType[];
  /** Bytes of the f16 file, about. */
  readonly bytes: number;
  /** Makes its f16 file. */
  readonly writeSource: (path: string) => Promise<void>;
  readonly vocab: number;
  /** Layers of the file to measure, where that is made of a source with fewer. */
  readonly layers?: number;
}

const downloaded: readonly FileType[] = ["Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "Q3_K_M", "IQ4_XS", "F16"];
/** Old or rare, cheap to measure in a small model. */
const rare: readonly FileType[] = ["Q2_K", "Q5_0", "Q5_1", "IQ4_NL"];

export const formatModels: readonly FormatModel[] = [
  {
    name: "SmolLM2-135M",
    formats: [...downloaded, ...rare],
    bytes: 0.27e9,
    // Its weights are those of the Q4_1 file that a package ships, multiplied out.
    writeSource: (path) => quantizeFile(smollm2File(), path, "F16"),
    vocab: 49_152,
  },
  {
    name: "1B shape",
    formats: downloaded,
    bytes: 2.5e9,
    writeSource: (path) => writeRandomGguf(path, llama1b),
    vocab: 128_256,
  },
  {
    name: "Gemma-3-270m shape",
    formats: ["Q4_K_M"],
    bytes: 0.55e9,
    writeSource: (path) => writeRandomGguf(path, gemma270m),
    vocab: 262_144,
  },
];

/**
 * Quantised with the two kinds of layers that the mixture makes, one with more bits for `attn_v` and `ffn_down` and one with
 * fewer, which are then repeated as in a file of 32: two minutes instead of twenty, and the same formats in the same places.
 */
export const llama8bModel: FormatModel = {
  name: "8B shape",
  formats: ["Q4_K_M"],
  bytes: 8e9,
  writeSource: (path) => writeRandomGguf(path, { ...llama8b, num_hidden_layers: 2 }),
  vocab: 128_256,
  layers: 32,
};

const pathOf = (name: string, format: string): string =>
  join(modelsFolder, `${name.toLowerCase().replaceAll(" ", "-")}-${format}.gguf`);

/**
 * The model in a format, from the cache; written with llama.cpp's quantiser if it is not there.
 *
 * @throws PeerMissing, HeliumLmError
 */
export async function formatFile(model: FormatModel, format: FileType): Promise<string> {
  const path = pathOf(model.name, format);
  if (existsSync(path)) return path;
  mkdirSync(modelsFolder, { recursive: true });
  checkDisk(modelsFolder, 2 * model.bytes);
  const source = pathOf(model.layers === undefined ? model.name : `${model.name} source`, "F16");
  if (!existsSync(source)) {
    console.log(`writing ${source}`);
    await model.writeSource(source);
  }
  if (format === "F16" && model.layers === undefined) return source;
  console.log(`writing ${path}`);
  if (model.layers === undefined) await quantizeFile(source, path, format);
  else {
    const few = pathOf(`${model.name} few layers`, format);
    await quantizeFile(source, few, format);
    await repeatLayers(few, path, model.layers);
    for (const passing of [source, few]) rmSync(passing);
  }
  return path;
}
