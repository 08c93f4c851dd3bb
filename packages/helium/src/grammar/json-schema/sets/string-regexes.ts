import { jsonBodyOfLength, jsonStringBody, jsonStringBodyOf } from "../../pattern/index.ts";
import type { RegexArena } from "../../regex/index.ts";
import type { StringRegexes } from "./string-sets.ts";

/** The bodies of JSON strings over an arena. */
export const stringRegexes = (arena: RegexArena): StringRegexes => ({
  any: jsonStringBody(arena),
  length: (min, max) => jsonBodyOfLength(arena, min, max),
  text: (value) => jsonStringBodyOf(arena, value),
});
