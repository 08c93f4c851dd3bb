import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { JsonRecords, type OwnedRecord } from "./json-records.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("records are in the order in which they were made, also where a later one was written sooner, and after a restart", async () => {
  const records = await JsonRecords.open<OwnedRecord>(folder);
  const made = ["a", "b", "c"].map((id) => ({ id, owner: "", number: records.nextNumber() }));
  for (const record of made.toReversed()) await records.put(record);
  expect(records.all).toEqual(made);
  expect((await JsonRecords.open<OwnedRecord>(folder)).all).toEqual(made);
});
