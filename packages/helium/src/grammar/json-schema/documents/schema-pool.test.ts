import { describe, expect, test } from "vitest";
import { SchemaDocuments } from "./schema-documents.ts";
import { ANY, NEVER, SchemaPool, together } from "./schema-pool.ts";

describe("literals together", () => {
  const [a, b] = [10, 12];

  test.each<[string, readonly (readonly number[])[], readonly number[]]>([
    ["none", [], []],
    ["one", [[a]], [a]],
    ["each once, in order", [[b, a], [a]], [b, a]],
    ["what always holds says nothing", [[ANY]], []],
    ["nor does the complement of what never does", [[NEVER ^ 1]], []],
    ["nor do they beside another", [[ANY, a], [NEVER ^ 1]], [a]],
    ["what never holds is all", [[a], [NEVER], [b]], [NEVER]],
    ["and so is the complement of what always does", [[ANY ^ 1]], [NEVER]],
    ["and one with its complement", [[a], [b, a ^ 1]], [NEVER]],
  ])("%s", (_, lists, expected) => {
    expect(together(...lists)).toEqual(expected);
  });
});

test("a reference leads to one schema, by the schema it stands in and by its keyword", () => {
  const pool = new SchemaPool(
    new SchemaDocuments({
      properties: {
        a: { $ref: "#/$defs/x" },
        b: { $ref: "#/$defs/y" },
        c: { $ref: "#/$defs/y", $dynamicRef: "#/$defs/x" },
      },
      $defs: { x: { enum: ["x"] }, y: { enum: ["y"] } },
    }),
  );
  const root = pool.root();
  const schema = pool.schema(root) as { readonly properties: Readonly<Record<string, { readonly $ref: string }>> };
  const target = (name: string, keyword = "$ref", reference = schema.properties[name]?.$ref ?? ""): unknown =>
    pool.schema(pool.target(pool.child(root, schema.properties[name] ?? true, "properties", name), reference, keyword));
  for (let again = 0; again < 2; again++) {
    expect(target("a")).toEqual({ enum: ["x"] });
    expect(target("b")).toEqual({ enum: ["y"] });
    expect(target("c")).toEqual({ enum: ["y"] });
    expect(target("c", "$dynamicRef", "#/$defs/x")).toEqual({ enum: ["x"] });
  }
});
