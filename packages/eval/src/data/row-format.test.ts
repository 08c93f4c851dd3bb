import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import { filesData } from "./data-source.ts";
import type { Row } from "./reading.ts";
import { readRows, type RowOptions } from "./row-format.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function rowsOf(content: string | Uint8Array, file: string, options?: RowOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const bytes = typeof content === "string" ? utf8(content) : content;
  for await (const row of readRows(bytesSource(bytes, file), file, options)) rows.push(row);
  return rows;
}

const failure = async (content: string | Uint8Array, file: string, options?: RowOptions): Promise<string> => {
  const error: unknown = await rowsOf(content, file, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message).not.toMatch(/\n/);
  return (error as Error).message;
};

describe("readRows", () => {
  it.each<[string, string, readonly Row[]]>([
    ["a.jsonl", '{"a": 1}\n\n{"a": "é\\ud83d\\ude00"}\r\n', [{ a: 1 }, { a: "é😀" }]],
    ["a.ndjson", '\ufeff{"a": 1}\n{"a": null}', [{ a: 1 }, { a: null }]],
    ["a.jsonl", '{"a": "\u2028\u0085"}\n', [{ a: "\u2028\u0085" }]],
    ["a.json", '[{"a": 1},\n {"a": [2]}]', [{ a: 1 }, { a: [2] }]],
    ["a.json", '{"version": "1.0", "data": [{"a": 1}]}', [{ a: 1 }]],
    ["a.json", '{"a": 1}\n{"a": 2}\n', [{ a: 1 }, { a: 2 }]],
    ["a.csv", 'q,A\n"x, ""y""\nz", 1 \n', [{ q: 'x, "y"\nz', A: " 1 " }]],
    [
      "a.csv",
      "\ufeff,q\r\n0,a\r\n1,\r\n",
      [
        { "": "0", q: "a" },
        { "": "1", q: "" },
      ],
    ],
    ["a.txt", "one \n\n drei\u00a0\r\n", [{ text: "one " }, { text: "" }, { text: " drei\u00a0" }]],
    ["eng_Latn.dev", "a\nb", [{ text: "a" }, { text: "b" }]],
  ])("reads %s %j", async (file, content, rows) => {
    expect(await rowsOf(content, file)).toEqual(rows);
    expect(await rowsOf(gzipSync(content), `${file}.gz`)).toEqual(rows);
  });

  it("takes names for the columns of a csv that has none", async () => {
    expect(await rowsOf("x,1\ny,2\n", "a.csv", { csvHeader: ["q", "n"] })).toEqual([
      { q: "x", n: "1" },
      { q: "y", n: "2" },
    ]);
  });

  it("reads gzip of several members, one after the other", async () => {
    const members = [gzipSync('{"a": 1}\n{"a"'), gzipSync(": 2}\n")];
    expect(await rowsOf(Buffer.concat(members), "a.jsonl.gz")).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("gives back any strings", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."a,\"'é🐧 \t\n\\\u0000\ufeff\u2029") });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ a: text, b: text }), { minLength: 1, maxLength: 5 }), async (rows) => {
        const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
        expect(await rowsOf(lines, "x.jsonl")).toEqual(rows);
        expect(await rowsOf(JSON.stringify(rows), "x.json")).toEqual(rows);
        const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
        const table = rows.map(({ a, b }) => `${quoted(a)},${quoted(b)}\n`).join("");
        expect(await rowsOf(`a,b\n${table}`, "x.csv")).toEqual(rows);
      }),
      { seed: 14, numRuns: 60 },
    );
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    [
      "a.jsonl",
      '{"a": 1}\n{"a": 2',
      /^a\.jsonl, row 2: is cut off in the middle of its line; download the file again$/,
    ],
    [
      "a.jsonl",
      '{"a": 1}\n{"a" 2}\n',
      /^a\.jsonl, row 2: is no JSON \(.*\); correct the line, or download the file again$/,
    ],
    ["a.jsonl", "[1]\n", /^a\.jsonl, row 1: must be a JSON object, given \[1\]; correct the line$/],
    ["a.jsonl", Uint8Array.of(0x7b, 0x0a, 0xff), /^a\.jsonl, row 1: is no JSON/],
    [
      "a.jsonl",
      Uint8Array.of(0x0a, 0xff, 0x0a),
      /^a\.jsonl, line 2: holds bytes that are no UTF-8; save the file as UTF-8/,
    ],
    ["a.json", '[{"a": 1}, {"a"', /^a\.json: is cut off or damaged: it is no JSON to its end .*; download it again$/],
    ["a.json", '{"a": 1, "b": 2}', /^a\.json: holds no list of objects; give the rows as a JSON list/],
    ["a.json", "[1]", /^a\.json, row 1: must be a JSON object, given 1/],
    [
      "a.csv",
      'q,A\nx,1\n"y,2\n',
      /^a\.csv, row 2: is cut off or damaged: a quoted value has no end, on line 3; correct/,
    ],
    ["a.csv", "q,A\nx,1\ny\n", /^a\.csv, row 2: has 1 values, must have 2 \(q, A\); correct the row, or download/],
    ["a.txt", Uint8Array.of(0x61, 0x0a, 0xff), /^a\.txt, line 2: holds bytes/],
    ["a.xml", "", /^a\.xml: has no known ending; rows are read from \.parquet, \.jsonl/],
    ["a.parquet.gz", "", /^a\.parquet\.gz: is a packed Parquet file/],
    ["a.jsonl.gz", '{"a": 1}', /^a\.jsonl\.gz: is cut off or damaged: it is no whole gzip file/],
    ["a.jsonl.zst", "no", /^a\.jsonl\.zst: is cut off or damaged: it is no whole Zstandard file/],
  ])("%s with %j: one line names the file, the row and the mend", async (file, content, message) => {
    expect(await failure(content, file)).toMatch(message);
  });

  it("names a gzip file that is cut in half", async () => {
    const whole = gzipSync(Array.from({ length: 500 }, (_, i) => `{"a": ${i * 7919}}\n`).join(""));
    for (const length of [whole.length >> 1, whole.length - 1, 20])
      expect(await failure(whole.subarray(0, length), "a.jsonl.gz")).toMatch(/^a\.jsonl\.gz: is cut off or damaged/);
  });

  it("closes the source also when no more rows are asked for", async () => {
    let closed = 0;
    const source = { ...bytesSource(utf8('{"a": 1}\n{"a": 2}\n'), "a.jsonl"), close: async () => void closed++ };
    for await (const row of readRows(source)) {
      expect(row).toEqual({ a: 1 });
      break;
    }
    expect(closed).toBe(1);
  });
});

it("filesData lists what lies below a folder", async () => {
  const files = filesData({ "a/b.txt": utf8("x"), "ab/c.txt": utf8("y"), "d.txt": utf8("z") });
  expect(await files.list("a")).toEqual(["a/b.txt"]);
  expect(await files.list("")).toHaveLength(3);
  await expect(files.open("a")).rejects.toThrow(/^a: is not among the given files; give it too$/);
});
