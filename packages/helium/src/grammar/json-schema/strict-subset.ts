import type { Json } from "./documents/json-values.ts";

/** OpenAI's subset. */
export function checkStrictSubset(_: Json): void {}
