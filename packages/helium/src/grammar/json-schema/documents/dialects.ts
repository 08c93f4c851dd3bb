import type { Json } from "./json-values.ts";

/** A draft by its year, or number: 4, 6, 7, 2019, 2020; "open": none is named, so 2020-12 with older keywords. */
export type Dialect = 4 | 6 | 7 | 2019 | 2020 | "open";

const named: readonly (readonly [RegExp, Dialect])[] = [
  [/draft-0?[34]\b/, 4],
  [/draft-0?6\b/, 6],
  [/draft-0?7\b/, 7],
  [/2019-09/, 2019],
  [/2020-12/, 2020],
];

/** The dialect that `$schema` names. */
export function dialectOf($schema: Json | undefined, otherwise: Dialect): Dialect {
  if (typeof $schema !== "string") return otherwise;
  return named.find(([pattern]) => pattern.test($schema))?.[1] ?? "open";
}

/** Keywords that came after draft 4, and the draft they came with. */
const since = new Map<string, number>([
  ["const", 6],
  ["contains", 6],
  ["propertyNames", 6],
  ["$id", 6],
  ["if", 7],
  ["then", 7],
  ["else", 7],
  ["$defs", 2019],
  ["$anchor", 2019],
  ["dependentRequired", 2019],
  ["dependentSchemas", 2019],
  ["minContains", 2019],
  ["maxContains", 2019],
  ["unevaluatedItems", 2019],
  ["unevaluatedProperties", 2019],
  ["prefixItems", 2020],
  ["$dynamicRef", 2020],
  ["$dynamicAnchor", 2020],
]);

/** Whether a keyword means something in a dialect; one that does not is an annotation there, as the drafts say. */
export const isKeyword = (keyword: string, dialect: Dialect): boolean =>
  dialect === "open" || dialect >= (since.get(keyword) ?? 0);

/** Up to draft 7, `$ref` stands alone: what is beside it means nothing. */
export const refStandsAlone = (dialect: Dialect): boolean => dialect !== "open" && dialect <= 7;

/** `id` names a schema in draft 4 alone. */
export const idKeyword = (dialect: Dialect): "id" | "$id" => (dialect === 4 ? "id" : "$id");
