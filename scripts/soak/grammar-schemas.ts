/** Random JSON Schemas whose values are short, so that every text comes to its end. */

type Schema = Readonly<Record<string, unknown>>;

/** A whole number below the bound. */
export type Draw = (below: number) => number;

const words = ["name", "city of birth", "x", "größe", "tags", "a_b", "count", "kind"];

const scalars: readonly ((draw: Draw) => Schema)[] = [
  (draw) => ({ type: "string", maxLength: 1 + draw(10) }),
  (draw) => ({ type: "string", minLength: draw(3), maxLength: 4 + draw(6) }),
  (draw) => ({ type: "integer", minimum: -draw(100), maximum: draw(5000) }),
  (draw) => ({ type: "integer", multipleOf: 2 + draw(4), minimum: 0, maximum: 60 }),
  (draw) => ({ enum: words.slice(0, 2 + draw(4)) }),
  (draw) => ({ const: [null, true, 7, "fixed", { a: [1] }][draw(5)] }),
  () => ({ type: ["boolean", "null"] }),
  (draw) => ({ type: "string", pattern: ["^[a-c]{1,4}$", "^\\d{3}-\\d{2}$", "^(ja|nein|oui)!?$"][draw(3)] }),
  (draw) => ({ type: "string", format: ["date", "uuid", "ipv4", "time"][draw(4)] }),
];

/** A schema of at most this depth. */
export function drawSchema(draw: Draw, depth = 2): Schema {
  const kind = depth === 0 ? 0 : draw(6);
  if (kind <= 1) return (scalars[draw(scalars.length)] ?? (() => ({ type: "null" })))(draw);
  if (kind === 2) {
    const minItems = draw(3);
    return { type: "array", items: drawSchema(draw, depth - 1), minItems, maxItems: minItems + draw(3) };
  }
  if (kind === 3) return { anyOf: Array.from({ length: 2 }, () => drawSchema(draw, depth - 1)) };
  if (kind === 4) {
    const prefixItems = Array.from({ length: 1 + draw(2) }, () => drawSchema(draw, depth - 1));
    return { type: "array", prefixItems, items: false, minItems: prefixItems.length };
  }
  const first = draw(5);
  const names = words.slice(first, first + 1 + draw(3));
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, drawSchema(draw, depth - 1)])),
    required: names.filter(() => draw(4) > 0),
    additionalProperties: false,
  };
}
