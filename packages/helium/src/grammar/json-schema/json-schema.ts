import type { Expression, GrammarBuilder } from "../automaton/grammar-builder.ts";
import type { Json } from "./documents/json-values.ts";
import { SchemaDocuments } from "./documents/schema-documents.ts";
import { literal, SchemaPool } from "./documents/schema-pool.ts";
import { checkSchemaSize } from "./documents/schema-size.ts";
import { Emitter } from "./emit/emitter.ts";
import type { JsonSchemaOptions } from "./json-schema-options.ts";
import { SchemaReader } from "./keywords/schema-reader.ts";
import { readingMeans } from "./keywords/reading-means.ts";
import { ScalarSets } from "./sets/scalar-sets.ts";
import { stringRegexes } from "./sets/string-regexes.ts";
import { StringSets } from "./sets/string-sets.ts";
import { Nodes } from "./shapes/nodes.ts";
import { checkStrictSubset } from "./strict-subset.ts";

/**
 * The JSON texts that satisfy a JSON Schema (2020-12, or the draft that `$schema` names), exactly: what cannot be enforced is
 * refused. Stricter than the schema in what a text may look like: properties come in the order of `properties`, then those
 * that are only required, then others; names and constants have no needless escapes.
 *
 * @throws UnsupportedGrammarError names the keyword and where it stands
 * @throws GrammarLimitError for a schema that is too large, or too much work
 */
export function jsonSchemaExpression(
  builder: GrammarBuilder,
  schema: Json,
  options: JsonSchemaOptions = {},
): Expression {
  builder.regexes.budget.spend(checkSchemaSize(schema, ...Object.values(options.schemas ?? {})));
  if (options.strict === true) checkStrictSubset(schema);
  const pool = new SchemaPool(new SchemaDocuments(schema, options.schemas));
  const regexes = stringRegexes(builder.regexes);
  const strings = new StringSets(builder.regexes, regexes);
  // Names of properties are strings again, so that reading needs what reading makes.
  const means = readingMeans(builder.regexes, strings, options, (id) => scalars.of("string", [literal(id)]));
  const reader = new SchemaReader(pool, means);
  const scalars = new ScalarSets(reader, strings);
  const nodes = new Nodes(reader, strings, scalars);
  return new Emitter(builder, nodes, options.whitespace ?? "any").emit([literal(pool.root())]);
}
