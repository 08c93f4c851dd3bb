import { describe, expect, it } from "vitest";
import { admits, schemaStart } from "../../testing/grammar/schema-acceptor.ts";
import { GrammarLimitError, UnsupportedGrammarError } from "../../errors.ts";
import type { JsonSchemaOptions } from "./json-schema-options.ts";

/** What a schema admits and what it refuses, as JSON texts. */
interface Case {
  readonly schema: unknown;
  readonly options?: JsonSchemaOptions;
  readonly admits: readonly string[];
  readonly refuses: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "properties in order, required and closed": {
    schema: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" } },
      required: ["b"],
      additionalProperties: false,
    },
    admits: ['{"b":1}', '{"a":"x","b":2}', '{ "a" : "x" ,\n "b" : 2 }'],
    refuses: ['{"a":"x"}', '{"b":1,"c":2}', "{}", '{"b":1,"a":"x"}', '{"b":1}\n', ' {"b":1}', '{"b":1,}'],
  },
  "properties in order, where `required` stands before them and names others too": {
    schema: { required: ["z", "b"], properties: { a: { type: "string" }, b: { type: "integer" } } },
    admits: ['{"a":"x","b":2,"z":3}', '{"b":2,"z":3}', "1"],
    refuses: ['{"b":2,"a":"x","z":3}', '{"z":3,"b":2}', '{"a":"x","b":2}'],
  },
  "properties of which others may follow, but never by another spelling of a name": {
    schema: { type: "object", properties: { a: { type: "string" } } },
    admits: ['{"a":"1","b":{"a":[1]}}', '{"z":1}', "{}"],
    refuses: ['{"a":1}', '{"\\u0061":1}', "1"],
  },
  "spellings of strings": {
    schema: { type: "string", maxLength: 2 },
    admits: ['"ab"', '"\\n\\u00e9"', '"😀😀"', '"\\ud83d\\ude00x"', '"\\/"'],
    refuses: ['"abc"', '"\\ud83d"', '"\n"', '"\\x"'],
  },
  "compact white space": {
    schema: { type: "array", items: { type: "integer" } },
    options: { whitespace: "compact" },
    admits: ["[1,2]", "[]"],
    refuses: ["[1, 2]", "[ ]"],
  },
  "Python's white space": {
    schema: { type: "object", properties: { a: {}, b: {} }, additionalProperties: false },
    options: { whitespace: "spaced" },
    admits: ['{"a": [1, 2], "b": 1}', "{}"],
    refuses: ['{"a":1}', '{"a": 1,"b": 2}'],
  },
  "a discriminated union": {
    schema: {
      oneOf: [
        { type: "object", properties: { k: { const: "a" }, x: {} }, required: ["k", "x"] },
        { type: "object", properties: { k: { const: "b" } }, required: ["k"] },
      ],
    },
    admits: ['{"k":"a","x":1}', '{"k":"b"}'],
    refuses: ['{"k":"a"}', '{"k":"c"}', "{}"],
  },
  "exactly one of overlapping ones": {
    schema: { oneOf: [{ required: ["a"] }, { required: ["b"] }], type: "object" },
    admits: ['{"a":1}', '{"b":1}'],
    refuses: ['{"a":1,"b":1}', "{}"],
  },
  recursion: {
    schema: {
      $defs: {
        n: {
          type: "object",
          properties: { v: { type: "integer" }, next: { $ref: "#/$defs/n" } },
          required: ["v"],
          additionalProperties: false,
        },
      },
      $ref: "#/$defs/n",
    },
    admits: ['{"v":1}', '{"v":1,"next":{"v":2,"next":{"v":3}}}'],
    refuses: ['{"v":1,"next":{}}', "{}"],
  },
  tuples: {
    schema: { type: "array", prefixItems: [{ type: "string" }], items: { type: "integer" }, minItems: 1, maxItems: 3 },
    admits: ['["a"]', '["a",1,2]'],
    refuses: ["[]", '["a",1,2,3]', "[1]", '["a","b"]'],
  },
  contains: {
    schema: { type: "array", contains: { type: "string" }, maxContains: 2, items: { type: ["string", "integer"] } },
    admits: ['[1,"a"]', '["a",1,"b"]'],
    refuses: ["[]", "[1]", '["a","b","c"]', '["a",null]'],
  },
  "elements of few values that differ": {
    schema: { type: "array", items: { enum: ["a", "b", 3] }, uniqueItems: true },
    admits: ["[]", '["b","a",3]'],
    refuses: ['["a","a"]', "[3,3]"],
  },
  "counts of members": {
    schema: {
      type: "object",
      properties: { a: {}, b: {}, c: {} },
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 2,
    },
    admits: ['{"a":1}', '{"a":1,"c":1}', '{"b":1,"c":1}'],
    refuses: ["{}", '{"a":1,"b":1,"c":1}'],
  },
  "patterns of keys that overlap": {
    schema: { type: "object", patternProperties: { "^a": { type: "string" }, b$: { type: ["integer", "string"] } } },
    admits: ['{"a":"x"}', '{"b":1}', '{"ab":"x"}', '{"zz":true}'],
    refuses: ['{"a":1}', '{"ab":1}', '{"b":true}'],
  },
  "a condition": {
    schema: {
      type: "object",
      properties: { k: { enum: [1, 2] }, y: {}, z: {} },
      if: { properties: { k: { const: 1 } }, required: ["k"] },
      then: { required: ["z"] },
      else: { required: ["y"] },
    },
    admits: ['{"k":1,"z":1}', '{"k":2,"y":1}', '{"y":1}'],
    refuses: ['{"k":1}', '{"k":2,"z":1}', "{}"],
  },
  "a constant": {
    schema: { const: { a: [1, "é", null], b: {} } },
    admits: ['{"a":[1,"é",null],"b":{}}', '{"a":[1,"\\u00E9",null],"b":{}}'],
    refuses: [
      ...['{"a":[1,"é",null]}', '{"a":[1,"é"],"b":{}}', '{"a":[1,"e",null],"b":{}}'],
      '{"a":[1.0,"é",null],"b":{}}',
    ],
  },
  "numbers, without zeros that only go on": {
    schema: {
      anyOf: [
        { type: "integer", minimum: -5, maximum: 120 },
        { type: "number", minimum: 0.5, maximum: 0.75 },
      ],
    },
    admits: ["120", "-5", "0", "0.5", "0.75", "7e-1", "0.6000000000000000000000000"],
    refuses: ["1.0", "121", "0.50000000000000000000000000", "-6", "0.76", "01"],
  },
  complements: {
    schema: {
      not: {
        anyOf: [
          { type: ["string", "number", "null"] },
          { type: "object", required: ["a"] },
          { type: "array", maxItems: 1 },
        ],
      },
    },
    admits: ["[1,2]", "[[],{},1]", "{}", '{"b":1}', "true"],
    refuses: ["[1]", "[]", '"a"', "1", "null", '{"a":1}', '{"b":1,"a":1}'],
  },
  dependencies: {
    schema: {
      type: "object",
      dependentRequired: { a: ["b"] },
      dependentSchemas: { c: { properties: { d: { const: 1 } } } },
    },
    admits: ["{}", '{"a":1,"b":1}', '{"b":1}', '{"d":1,"c":1}', '{"d":2}'],
    refuses: ['{"a":1}', '{"d":2,"c":1}', '{"c":1,"d":2}'],
  },
  "names that JavaScript's objects have already": {
    schema: JSON.parse('{"required":["constructor"],"properties":{"__proto__":{"type":"string"}},"type":"object"}'),
    admits: ['{"__proto__":"x","constructor":1}', '{"constructor":1}'],
    refuses: ["{}", '{"__proto__":1,"constructor":1}'],
  },
  "draft 4": {
    schema: {
      $schema: "http://json-schema.org/draft-04/schema#",
      id: "http://example.com/root",
      definitions: { s: { type: "string" } },
      items: [{ $ref: "#/definitions/s", minLength: 5 }, { const: 1 }],
      additionalItems: false,
      type: "array",
    },
    admits: ['["a"]', '["a",2]', "[]"],
    refuses: ["[1]", '["a",1,1]'],
  },
};

describe("jsonSchemaExpression", () => {
  for (const [name, { schema, options, admits: admitted, refuses }] of Object.entries(cases)) {
    it(name, () => {
      const start = schemaStart(schema, options);
      const wrong = [
        ...admitted.filter((text) => !admits(start, text)),
        ...refuses.filter((text) => admits(start, text)),
      ];
      expect(wrong).toEqual([]);
    });
  }

  it.each([
    [{ $ref: "#" }, "$ref", "#"],
    [{ properties: { a: { $ref: "other.json" } } }, "$ref", "#/properties/a/$ref"],
    [{ properties: { a: { $ref: "#/$defs/none" } } }, "$ref", "#/properties/a/$ref"],
    [{ items: { format: "none-such" } }, "format", "#/items/format"],
    [{ properties: { a: { type: "strng" } } }, "type", "#/properties/a/type"],
    [{ items: { minLength: -1 } }, "minLength", "#/items/minLength"],
  ])("refuses %j by name", (schema, keyword, pointer) => {
    const refused = expect.objectContaining({ keyword, pointer }) as unknown;
    expect(() => schemaStart(schema)).toThrow(refused);
    expect(() => schemaStart(schema)).toThrow(UnsupportedGrammarError);
  });

  it("does not take what is too much work for what no value satisfies", () => {
    const patterns = ["NEW", "ON_APPROVAL", "ON_SIGNING", "ON_MODIFICATION", "EXECUTED", "DEPRECATED", "REJECTED"];
    const state = { type: "string", oneOf: patterns.map((pattern) => ({ pattern })) };
    expect(() => schemaStart({ type: "object", properties: { state }, additionalProperties: false })).toThrow(
      GrammarLimitError,
    );
  });

  it("refuses a schema that no value satisfies", () => {
    expect(() => schemaStart({ type: "object", properties: { a: false }, required: ["a"] })).toThrow(/no text at all/);
    expect(() => schemaStart({ type: "object", properties: { a: { $ref: "#" } }, required: ["a"] })).toThrow(
      /no text at all/,
    );
  });
});
