import type { GrammarSpec } from "../../../grammar/grammar-spec.ts";
import { deepSchemas } from "./deep-schemas.ts";
import { hostileCompositions } from "./hostile-compositions.ts";
import type { Makers } from "./hostile-parts.ts";
import { hostileRegexes } from "./hostile-regexes.ts";
import { hostileChoices, hostileGbnf, hostileLark } from "./hostile-texts.ts";
import { largeValues } from "./large-values.ts";
import { wideSchemas } from "./wide-schemas.ts";

/** Makes a grammar of a size, as a share of the largest. */
type MakeSpec = (scale: number) => GrammarSpec;

const entries = <Value>(
  kind: string,
  makers: Makers<Value>,
  spec: (value: Value) => GrammarSpec,
): (readonly [name: string, make: MakeSpec])[] =>
  Object.entries(makers).map(([name, make]) => [
    `${kind}: ${name}`,
    (scale) => spec(make((whole) => Math.max(1, Math.round(whole * scale)))),
  ]);

const json = (schema: unknown): GrammarSpec => ({ json: schema as Readonly<Record<string, unknown>> });

/**
 * Grammars that somebody could send to keep a server busy, by name. At a scale of 1 they are of 10 MB, or just as large as is
 * read, or as bad as their kind gets.
 */
export const hostileSpecs: ReadonlyMap<string, MakeSpec> = new Map([
  ...entries("json", wideSchemas, json),
  ...entries("json", deepSchemas, json),
  ...entries("json", largeValues, json),
  ...entries("regex", hostileRegexes, (regex) => ({ regex })),
  ...entries("gbnf", hostileGbnf, (text) => ({ gbnf: text })),
  ...entries("lark", hostileLark, (text) => ({ lark: text })),
  ...entries("choice", hostileChoices, (choice) => ({ choice })),
  ...entries("parts", hostileCompositions, (spec) => spec),
]);
