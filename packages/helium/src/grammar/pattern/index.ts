export { encodeJsonBody, encodeText, searchPattern } from "./encode-pattern.ts";
export { jsonBodyOfLength, jsonStringBody, jsonStringBodyOf } from "./json-string.ts";
export { parsePattern } from "./parse-pattern.ts";
export type { ParsePatternOptions } from "./parse-pattern.ts";
export type { Pattern } from "./pattern.ts";
