import type { CheckpointReader, TensorInfo } from "@helium-lm/nn";

/**
 * An f32 checkpoint as one with heads of half the width: the first half of the rows of q, k and v, and of the columns of o.
 * llama.cpp's chatglm wants heads that fill the hidden size.
 */
export function halfHeads(reader: CheckpointReader): CheckpointReader {
  const halved = ({ name, ...info }: TensorInfo): TensorInfo => {
    const [rows = 0, ...rest] = info.shape;
    if (/\.[qkv]_proj\./.test(name))
      return { ...info, name, shape: [rows / 2, ...rest], storedBytes: info.storedBytes / 2 };
    if (!/\.o_proj\./.test(name)) return { ...info, name };
    return { ...info, name, shape: [rows, ...rest.map((columns) => columns / 2)], storedBytes: info.storedBytes / 2 };
  };
  return {
    names: () => reader.names(),
    has: (name) => reader.has(name),
    info: (name) => halved(reader.info(name)),
    readBytes: async (name) => {
      const bytes = await reader.readBytes(name);
      const [rows = 0, columns = 1] = reader.info(name).shape;
      if (!/\.o_proj\./.test(name)) return bytes.slice(0, halved(reader.info(name)).storedBytes);
      const kept = new Uint8Array(bytes.length / 2);
      for (let row = 0; row < rows; row++) {
        const start = row * columns * 4;
        kept.set(bytes.subarray(start, start + columns * 2), row * columns * 2);
      }
      return kept;
    },
    close: () => reader.close(),
  };
}
