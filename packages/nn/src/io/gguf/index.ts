export { GgufError } from "../../errors.ts";
export { ggmlIdOf, ggmlTypeOf, type GgmlType, type GgmlTypeName, type UnreadableGgmlType } from "./ggml-types.ts";
export { readGgufHeader, type GgufEntry, type GgufHeader } from "./gguf-header.ts";
export { GgufHeads } from "./gguf-heads.ts";
export { GgufFile } from "./gguf-reader.ts";
export { GgufMetadata, type GgufArray, type GgufList, type GgufScalar, type GgufScalarType } from "./gguf-values.ts";
export { writeGguf, type GgufMetadataToWrite, type GgufTensorToWrite } from "./gguf-writer.ts";
export { shardFileName, ShardedGguf } from "./sharded-gguf.ts";
