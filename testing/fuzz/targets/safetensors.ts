import { readdirSync } from "node:fs";
import { bytesSource, SafetensorsFile } from "@helium-lm/nn";
import { fixturePath } from "../../fixtures.ts";
import { chance, pick } from "../draw.ts";
import { grownBytes, grownJson } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { jsonShape, mutateJson } from "../mutate-json.ts";
import { bytesOf, readTensors, textOf, utf8, type FuzzTarget } from "./target.ts";

/** A file of this header and data. */
export function safetensorsBytes(header: Uint8Array, data: Uint8Array): Uint8Array {
  const file = new Uint8Array(8 + header.length + data.length);
  new DataView(file.buffer).setUint32(0, header.length, true);
  file.set(header, 8);
  file.set(data, 8 + header.length);
  return file;
}

export function safetensorsTarget(): FuzzTarget {
  const folder = fixturePath("safetensors/");
  const files = readdirSync(folder).filter((name) => /^(?:ok_|proto_).*\.safetensors$/.test(name));
  const corpus = files.map((name) => bytesOf(folder + name));
  const documents = corpus.flatMap((bytes) => {
    try {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      const header = jsonShape(JSON.parse(textOf(bytes.subarray(8, 8 + length))));
      return [{ header, data: bytes.subarray(8 + length) }];
    } catch {
      return [];
    }
  });
  // Many tensors, each of one byte.
  const manyTensors = (size: number): Uint8Array => {
    const lines: string[] = [];
    for (let length = 0; length < size; length += lines.at(-1)?.length ?? 0) {
      const n = lines.length;
      lines.push(`"${n}":{"dtype":"U8","shape":[1],"data_offsets":[${n},${n + 1}]}`);
    }
    return safetensorsBytes(utf8.encode(`{${lines.join(",")}}`), new Uint8Array(lines.length));
  };
  const oneTensor = (size: number): Uint8Array =>
    safetensorsBytes(
      utf8.encode(`{"a":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`),
      new Uint8Array(size),
    );
  return {
    mutated: (rng) => {
      if (chance(rng, 0.4)) return mutateBytes(pick(rng, corpus), rng);
      const { header, data } = pick(rng, documents);
      return safetensorsBytes(utf8.encode(mutateJson(header, rng)), data);
    },
    grown: (rng, size) => {
      if (chance(rng, 0.2)) return grownBytes(pick(rng, corpus), rng, size);
      if (chance(rng, 0.2)) return chance(rng, 0.5) ? manyTensors(size) : oneTensor(size);
      const { header, data } = pick(rng, documents);
      return safetensorsBytes(grownJson(header, rng, size), data);
    },
    read: async (input) => readTensors(await SafetensorsFile.open(bytesSource(input, "x.safetensors"))),
  };
}
