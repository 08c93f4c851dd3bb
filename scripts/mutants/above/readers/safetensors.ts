import { bugsIn, type PlantedBug } from "../area.ts";

/** In safetensors, and the skeleton that its readers share with those of GGUF. */
export const safetensorsBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "nn/src/io/safetensors/safetensors-header.ts",
    ["the data begins 8 bytes early", "const dataBegin = 8 + json.length;", "const dataBegin = json.length;"],
    ["overlapping tensors pass", "if (begin < covered) fail(", "if (begin + 8 < covered) fail("],
    ["holes pass", "if (begin > covered) fail(", "if (begin > fileSize) fail("],
    ["bytes after the last tensor pass", "if (covered < fileSize) fail(", "if (fileSize < 0) fail("],
    ["a header may reach beyond the file", "Number(length) > fileSize - 8", "Number(length) > fileSize"],
    ["offsets in reverse pass", "if (begin > end) return fail(", "if (begin > end + 1e9) return fail("],
    ["the shape may disagree with the bytes", "end - begin !== needed", "end - begin < needed"],
    [
      "half bytes pass",
      "Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8",
      "Number.isSafeInteger(bits) ? Math.floor(bits / 8)",
    ],
    ["a product beyond 2⁵³ passes", "Number.isSafeInteger(bits) && bits % 8", "bits % 8"],
    ["an empty tensor hides the one it stands on", "a.begin - b.begin || a.end - b.end", "a.begin - b.begin"],
    [
      "metadata may hold numbers",
      'if (typeof text !== "string") return fail(',
      'if (typeof text === "boolean") return fail(',
    ],
  ),
  ...bugsIn(
    "nn/src/io/safetensors/safetensors-dtype.ts",
    ["I64 wraps", "if (value < low || value > high) throw", "if (value < low - high) throw"],
    ["F64 beyond f32 becomes ∞", "Number.isFinite(value) && !Number.isFinite(Math.fround(value))", "false"],
    ["bools keep their bytes", "(byte === 0 ? 0 : 1)", "byte"],
    ["I16 has no sign", "new Int16Array(buffer)", "new Uint16Array(buffer)"],
    ["U32 is i32", 'U32: { bits: 32, dtype: "u32" }', 'U32: { bits: 32, dtype: "i32" }'],
  ),
  ...bugsIn(
    "nn/src/io/tensor-file.ts",
    [
      "slices begin at the file's start",
      "this.readRange(place.begin + first, place.begin + last, into)",
      "this.readRange(first, last, into)",
    ],
    [
      "a converted slice is cut before it is converted",
      "if (dtype === null || convert) return (await this.readBytes(name)).slice(first, last);",
      "",
    ],
    ["a refused file stays open", "    await source.close();\n    throw error;", "    throw error;"],
  ),
  ...bugsIn("nn/src/io/safetensors/safetensors-reader.ts", [
    "the header begins at its length",
    "await source.read(8, length)",
    "await source.read(0, length)",
  ]),
  ...bugsIn(
    "nn/src/io/safetensors/safetensors-writer.ts",
    [
      "narrow elements come first",
      "dtypes[b.dtype].bytes - dtypes[a.dtype].bytes",
      "dtypes[a.dtype].bytes - dtypes[b.dtype].bytes",
    ],
    ["tensors keep the order given", "(a.name < b.name ? -1 : a.name > b.name ? 1 : 0)", "0"],
    ["the header is not padded", "Math.ceil(json.length / 8) * 8", "json.length"],
    ["padding is zeros", ".fill(0x20)", ".fill(0)"],
    ["offsets begin anew", "    offset = end;\n", ""],
    ["bytes of another length are written", "bytes.length !== expected", "bytes.length > expected"],
    ["a name may come twice", "    seen.add(name);\n    const end", "    const end"],
  ),
  ...bugsIn(
    "nn/src/io/safetensors/sharded-safetensors.ts",
    [
      "a tensor that the index lacks passes",
      "weightMap.get(tensor) !== fileName",
      "weightMap.has(tensor) && weightMap.get(tensor) !== fileName",
    ],
    ["a tensor that its shard lacks passes", "if (!file?.has(tensor)) {", "if (!file) {"],
    ["shards may lie in other folders", "[^./\\\\:\\p{Cc}][^/\\\\:\\p{Cc}]*", "[^.\\p{Cc}][^\\p{Cc}]*"],
    [
      "shards stay open when one is refused",
      "      await closeAll(shards.values());\n      throw error;",
      "      throw error;",
    ],
  ),
  ...bugsIn(
    "nn/src/io/safetensors/sharded-writer.ts",
    ["a shard that is full takes one more", "size + bytes > maxShardSize", "size > maxShardSize"],
    ["a shard begins with the last one's size", "      size = 0;\n", ""],
    [
      "the total counts elements as bytes",
      "totalSize += byteLengthOf(tensor);",
      "totalSize += byteLengthOf(tensor) / dtypes[tensor.dtype].bytes;",
    ],
    ["shards count from 0", "padded(index + 1)}-of", "padded(index)}-of"],
  ),
];
