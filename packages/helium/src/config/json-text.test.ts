import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import { JsonFloat, parseJson, toPlainJson, writeJson } from "./json-text.ts";
import { jsonSnapshot } from "./json-value.ts";

describe("writeJson", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [-2.5, "-2.5"],
    [1e-8, "1e-08"],
    [1.5625e-7, "1.5625e-07"],
    [0.0001, "0.0001"],
    [0.00012345, "0.00012345"],
    [-0.02, "-0.02"],
    [0.041666666666666664, "0.041666666666666664"],
    [1e5, "100000.0"],
    [1e15, "1000000000000000.0"],
    [123456789012345680, "1.2345678901234568e+17"],
    [1e16, "1e+16"],
    [1e-310, "1e-310"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
  ])("writes %d as Python does", (value, text) => {
    expect(writeJson({ v: new JsonFloat(value) })).toBe(`{\n  "v": ${text}\n}\n`);
    expect(Object.is(JSON.parse(text), value)).toBe(true);
  });

  it("sorts keys by code point, indents by two, ends with a newline, escapes what is not ASCII", () => {
    const tree = { b: [], a: { z: [1, null], y: {} }, "\u{1f600}": "é\n", "\uffff": true };
    expect(writeJson(tree)).toBe(
      [
        "{",
        '  "a": {',
        '    "y": {},',
        '    "z": [',
        "      1,",
        "      null",
        "    ]",
        "  },",
        '  "b": [],',
        '  "\\uffff": true,',
        '  "\\ud83d\\ude00": "\\u00e9\\n"',
        "}",
        "",
      ].join("\n"),
    );
  });
});

describe("special floats", () => {
  it("are read as bare tokens and as objects, and written as objects", () => {
    const text = '{"a": NaN, "b": [-Infinity, Infinity], "c": {"__float__": "Infinity"}, "s": "NaN \\" Infinity"}';
    const value = parseJson(text, "f");
    expect(value).toEqual({ a: NaN, b: [-Infinity, Infinity], c: Infinity, s: 'NaN " Infinity' });
    const plain = { a: { __float__: "NaN" }, b: [{ __float__: "-Infinity" }, { __float__: "Infinity" }] };
    expect(toPlainJson(value)).toMatchObject(plain);
    expect(parseJson(writeJson(value as Record<string, never>), "f")).toEqual(value);
  });

  it("leaves other uses of __float__ alone", () => {
    const value = { a: { __float__: "1" }, b: { __float__: "NaN", more: 1 }, c: { __float__: "toString" } };
    expect(jsonSnapshot(value, "f")).toEqual(value);
  });
});

describe("parseJson", () => {
  it.each(["", "{", "[1,]", "NaN NaN", "-NaN", '"\\', "undefined", "\ufeff{}", '{"a": Infinit}', '{"a": "Infinity'])(
    "%j is a ConfigError that names the file",
    (text) => {
      expect(() => parseJson(text, "x/config.json")).toThrow(ConfigError);
      expect(() => parseJson(text, "x/config.json")).toThrow(
        /^x\/config\.json: must be JSON \(.+\), given ".*"; download or write the file again$/s,
      );
    },
  );

  it("stays linear on long text that never becomes JSON", () => {
    // Of this process alone: the clock on the wall goes on while another one has the core.
    const start = process.cpuUsage();
    for (const text of ['{"a":NaN,"' + '\\"'.repeat(2e5), "[".repeat(4e5) + "NaN", '"NaN'.repeat(1e5)]) {
      expect(() => parseJson(text, "f")).toThrow(ConfigError);
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(5000);
  });

  it("refuses depth beyond reason, also where it parses", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(() => parseJson(deep, "f")).toThrow(/at most 64 levels/);
    expect(() => parseJson(`[${"1,".repeat(1_000_001)}1]`, "f")).toThrow(/1000000 values/);
  });

  it("keeps __proto__ an ordinary key", () => {
    const value = parseJson('{"__proto__": {"polluted": 1}, "constructor": 2}', "f") as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("jsonSnapshot", () => {
  it("refuses cycles, functions, symbols and big integers", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    let wide: unknown[] = [];
    for (let level = 0; level < 60; level += 1) wide = [wide, wide];
    for (const value of [cycle, wide, () => 1, Symbol("s"), { a: 1n }, undefined]) {
      expect(() => jsonSnapshot(value, "f")).toThrow(ConfigError);
    }
  });

  it("leaves undefined properties out, and copies", () => {
    const value = { a: undefined, b: [1] };
    const copy = jsonSnapshot(value, "f");
    value.b.push(2);
    expect(copy).toEqual({ b: [1] });
  });
});
