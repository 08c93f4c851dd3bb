import { describe, expect, it } from "vitest";
import { jsonExcess } from "./json-excess.ts";

/** A hundredth of what a tokenizer.json may take. */
const tight = { perCharacter: 2, base: 2 ** 20 };

const list = (item: string, count: number): string => `[${`${item},`.repeat(count)}${item}]`;

describe("jsonExcess", () => {
  it.each([
    ["empty lists", list("[]", 30_000)],
    ["empty objects", list("{}", 30_000)],
    ["numbers", list("0", 80_000)],
    ["short texts", list('"a"', 50_000)],
    ["members", `{${Array.from({ length: 20_000 }, (_, n) => `"${n.toString(36)}":0`).join()}}`],
  ])("finds thousands of %s", (_, text) => {
    expect(jsonExcess(text, tight)).toMatch(/^holds more than \d+ MiB of values in its first \d+ characters$/);
  });

  it("finds deep nesting, closed or not", () => {
    expect(jsonExcess("[".repeat(513))).toBe("nests deeper than 512 levels");
    expect(jsonExcess('{"a":'.repeat(600))).toBe("nests deeper than 512 levels");
    expect(jsonExcess("[".repeat(512) + "]".repeat(512))).toBeNull();
  });

  it("leaves vocabularies and merges of tokenizers alone", () => {
    const names = Array.from({ length: 26_000 }, (_, n) => `Ġtoken${n.toString(36)}`);
    const vocab = names.map((name, id) => `"${name}":${id}`).join();
    const merges = Array.from({ length: 52_000 }, (_, n) => `["${names[n >> 1]}","${names[n % 1000]}"]`).join();
    const text = `{"vocab":{${vocab}},"merges":[${merges}]}`;
    // Ten times as many, the most that any has, may take ten times the base.
    expect(jsonExcess(text, { perCharacter: 2, base: 7.6 * 2 ** 20 })).toBeNull();
    expect(jsonExcess(text)).toBeNull();
  });

  it("reads what stands in texts as text", () => {
    expect(jsonExcess(`{"a":"${'[{,:\\"'.repeat(1_000_000)}"}`)).toBeNull();
    expect(jsonExcess('"\\')).toBeNull();
  });

  it("takes an allowance", () => {
    expect(jsonExcess(list("[]", 100), { perCharacter: 1, base: 0 })).toMatch(/^holds more than/);
    expect(jsonExcess("[0,1]", { perCharacter: 0, base: 200 })).toBeNull();
  });
});
