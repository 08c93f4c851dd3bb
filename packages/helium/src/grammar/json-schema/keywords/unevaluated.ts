import { isKeyword } from "../documents/dialects.ts";
import { own } from "../documents/json-values.ts";
import { refusal } from "../documents/refusals.ts";
import { yes, type Formula } from "./formulas.ts";
import type { Atoms, JsonType } from "./json-types.ts";
import type { Reading } from "./reading.ts";

const keywordOf: Partial<Record<JsonType, string>> = { array: "unevaluatedItems", object: "unevaluatedProperties" };

/** `unevaluatedProperties` and `unevaluatedItems`. */
export function readUnevaluated<Type extends JsonType>(type: Type, reading: Reading): Formula<Atoms[Type]> {
  const { schema, pool, id } = reading;
  const keyword = keywordOf[type];
  if (keyword === undefined || !isKeyword(keyword, pool.resource(id).dialect)) return yes;
  const value = own(schema, keyword);
  if (value === undefined || value === true) return yes;
  throw refusal(keyword, pool.place(id, keyword), "cannot be enforced here; use additionalProperties or items");
}
