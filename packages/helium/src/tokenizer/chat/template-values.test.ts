import { Environment } from "@huggingface/jinja";
import { describe, expect, it } from "vitest";
import { Measures, type Value } from "./template-values.ts";

const valueOf = (given: unknown): Value => new Environment().set("x", given);
const measure = (given: unknown): number => new Measures(10).of(valueOf(given)).size;

describe("Measures", () => {
  it("counts the names in an object as text", () => {
    expect(measure({ ["k".repeat(100)]: "v" }) - measure({ k: "v" })).toBe(99);
    expect(measure({ k: "v".repeat(100) }) - measure({ k: "v" })).toBe(99);
  });

  it("measures what holds a namespace anew each time, since that changes", () => {
    const held = new Map([["x", valueOf("a")]]);
    const namespace = { type: "NamespaceValue", value: held } as unknown as Value;
    const list = { type: "ArrayValue", value: [namespace, namespace] } as unknown as Value;
    const measures = new Measures(10);
    const before = measures.of(list).size;
    held.set("x", valueOf("a".repeat(51)));
    expect(measures.of(list).size - before).toBe(2 * 50);
  });
});
