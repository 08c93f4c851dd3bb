import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { csvRecords, CsvProblem } from "./csv-records.ts";

// What Python's csv.reader makes of texts, strictly; null: it refuses. scripts/reference/eval/make_parquet_cases.py
const cases = JSON.parse(
  readFileSync(new URL("../../fixtures/formats/csv/cases.json", import.meta.url), "utf8"),
) as readonly (readonly [text: string, records: readonly (readonly string[])[] | null])[];

it(`reads ${cases.length} texts as Python does`, () => {
  for (const [text, records] of cases)
    if (records === null) expect(() => [...csvRecords(text)], JSON.stringify(text)).toThrow(CsvProblem);
    else expect([...csvRecords(text)], JSON.stringify(text)).toEqual(records);
});

it("gives back any values, written with quotes where they need them", () => {
  const value = fc.string({ unit: fc.constantFrom(..."a,\"'é🐧 \t\n\r\u0000\ufeff") });
  const written = (text: string): string =>
    text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (records) => {
      for (const end of ["\n", "\r\n"]) {
        const text = records.map((values) => values.map(written).join(",") + end).join("");
        expect([...csvRecords(text)]).toEqual(records);
      }
    }),
    { seed: 14, numRuns: 300 },
  );
});

it("says on which line of which record the problem is", () => {
  const problem = (text: string): unknown => {
    try {
      return [...csvRecords(text)];
    } catch (error) {
      return { ...(error as CsvProblem), message: (error as Error).message };
    }
  };
  expect(problem('a\n"b\nc"\n\nx,"d\n')).toMatchObject({ message: "a quoted value has no end", record: 3, line: 5 });
  expect(problem('"a" ,b\n')).toMatchObject({ message: "text follows a quoted value", record: 1, line: 1 });
});
