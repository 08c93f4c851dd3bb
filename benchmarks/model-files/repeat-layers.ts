import { GgufFile, type GgufList, type GgufScalar, type GgufTensorToWrite } from "@helium-lm/nn";
import { nodeFileSource, writeGgufFile } from "@helium-lm/nn/io/node";

/**
 * Writes a GGUF file of two layers again with `layers`, where llama.cpp's Q4_K_M gives more bits to some: the first and the
 * last eighth and every third between have those of the source's last layer, the others those of its first.
 */
export async function repeatLayers(source: string, target: string, layers: number): Promise<void> {
  const file = await GgufFile.open(await nodeFileSource(source));
  try {
    const metadata = new Map<string, GgufScalar | GgufList>();
    for (const key of file.metadata.keys()) {
      const value = await file.value(key);
      if (value !== undefined) metadata.set(key, value);
    }
    metadata.set("llama.block_count", { type: "u32", value: layers });
    const copy = (from: string, name: string): GgufTensorToWrite => {
      const { dtype, shape } = file.info(from);
      return { name, dtype: dtype as GgufTensorToWrite["dtype"], shape, bytes: () => file.readBytes(from) };
    };
    const names = file.names();
    const shared = names.filter((name) => !name.startsWith("blk."));
    const ofLayer = Array.from({ length: layers }, (_, layer) => {
      const from = hasMoreBits(layer, layers) ? "blk.1." : "blk.0.";
      return names
        .filter((name) => name.startsWith(from))
        .map((name) => copy(name, `blk.${layer}.${name.slice(from.length)}`));
    });
    await writeGgufFile(target, metadata, [...shared.map((name) => copy(name, name)), ...ofLayer.flat()]);
  } finally {
    await file.close();
  }
}

function hasMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
