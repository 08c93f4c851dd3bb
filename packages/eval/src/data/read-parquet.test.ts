import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource, createByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import { readParquet } from "./read-parquet.ts";
import type { Row } from "./reading.ts";

// Written by pyarrow: scripts/reference/eval/make_parquet_cases.py.
const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/formats/${path}`, import.meta.url)));
const hellaswag = "hub/Rowan/hellaswag/data/validation-00000-of-00001-90bb85eab85fcfa8.parquet";

async function rowsOf(bytes: Uint8Array): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of readParquet(bytesSource(bytes, "x.parquet"), "x.parquet")) rows.push(row);
  return rows;
}

describe("readParquet", () => {
  it.each(["types/v1.parquet", "types/v2.parquet"])("gives every kind of value of %s as JSON has it", async (path) => {
    const expected = JSON.parse(new TextDecoder().decode(fixture("types/expected.json"))) as Row[];
    expect(await rowsOf(fixture(path))).toEqual(expected);
  });

  it("keeps the columns in their order, and gives rows before the file is read whole", async () => {
    const bytes = fixture(hellaswag);
    const asked: [number, number][] = [];
    const source = createByteSource({
      name: "x",
      size: bytes.length,
      readRange: async (offset, length) => {
        asked.push([offset, length]);
        return bytes.slice(offset, offset + length);
      },
    });
    for await (const row of readParquet(source, "x")) {
      expect(Object.keys(row)).toEqual([
        "ind",
        "activity_label",
        "ctx_a",
        "ctx_b",
        "ctx",
        "endings",
        "source_id",
        "split",
        "split_type",
        "label",
      ]);
      break;
    }
    const read = asked.filter(([, length]) => length < bytes.length).reduce((sum, [, length]) => sum + length, 0);
    expect(read).toBeLessThan(bytes.length);
  });

  it("says of a file that is cut off at any place that it is, and never fails otherwise", async () => {
    const whole = fixture(hellaswag);
    for (let length = 0; length < whole.length; length += 97) {
      const error: unknown = await rowsOf(whole.subarray(0, length)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DataError);
      expect((error as Error).message).toMatch(
        /^x\.parquet: is (?:cut off or damaged: its \d+ bytes have no footer|no Parquet file)/,
      );
      expect((error as Error).message).toMatch(/; download (?:it|the file) again$/);
    }
  });

  it("gives rows or a DataError for any damage, and leaves no failure without a catcher", async () => {
    const paths = [
      "types/v1.parquet",
      "converted/mandarjoshi/trivia_qa/rc.nocontext/validation/0000.parquet",
      hellaswag,
    ];
    const files = paths.map(fixture);
    const place = fc.record({ file: fc.nat(2), fromEnd: fc.boolean(), at: fc.nat(3000), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 3 }), async (damage) => {
        const bytes = new Uint8Array(files[damage[0]?.file ?? 0] ?? []);
        for (const { fromEnd, at, byte } of damage) bytes[fromEnd ? bytes.length - 1 - at : at] = byte;
        await rowsOf(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(DataError));
        // A rejection that nobody catches fails the run.
        await new Promise((resolve) => setTimeout(resolve));
      }),
      { seed: 20, numRuns: 60 },
    );
  });

  it("names the rows of a group that is damaged", async () => {
    const bytes = fixture(hellaswag);
    // Behind the first row group's start: its first page.
    bytes.fill(0xff, 4, 60);
    await expect(rowsOf(bytes)).rejects.toThrow(
      /^x\.parquet, rows 1 to 7: is cut off or damaged: .*; download the file again$/,
    );
  });

  it("knows a pointer that git left in place of the data", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4e3e\nsize 3475355\n";
    await expect(rowsOf(new TextEncoder().encode(pointer))).rejects.toThrow(
      /^x\.parquet: is only a pointer of Git LFS to the data; fetch the data: git lfs pull$/,
    );
  });
});
