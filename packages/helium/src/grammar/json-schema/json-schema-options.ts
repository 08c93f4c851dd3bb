import type { Json } from "./documents/json-values.ts";
import type { JsonWhitespace } from "./emit/punctuation.ts";

/** How a JSON Schema is read, and how the values it admits are written. */
export interface JsonSchemaOptions {
  /** White space between the tokens of the JSON text; default "any". */
  readonly whitespace?: JsonWhitespace;
  /** A `format` that is not known: "refuse" (default) or "ignore", as the specification says of annotations. */
  readonly unknownFormats?: "refuse" | "ignore";
  /** Checks first that the schema keeps to OpenAI's subset for structured outputs; default false. */
  readonly strict?: boolean;
  /** Schemas by URI, for references to other documents. Nothing is ever fetched. */
  readonly schemas?: Readonly<Record<string, Json>>;
}
