import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FileJournal } from "./file-journal.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-eval-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("answers are there when it is opened again", () => {
  const path = join(folder, "again.jsonl");
  {
    using journal = FileJournal.open(path);
    journal.add("a", { logprob: -1.25, isGreedy: true });
    journal.add("b", "Größe\n“x”");
  }
  expect(existsSync(`${path}.lock`)).toBe(false);
  using journal = FileJournal.open(path);
  expect(journal.found).toBe(2);
  expect(journal.get("a")).toEqual({ logprob: -1.25, isGreedy: true });
  expect(journal.get("b")).toBe("Größe\n“x”");
  expect(journal.get("c")).toBeUndefined();
});

test("a line that a killed process left half-written is dropped, wherever it was cut", () => {
  const path = join(folder, "cut.jsonl");
  {
    using journal = FileJournal.open(path);
    journal.add("a", "é1");
    journal.add("b", "é2");
  }
  const whole = readFileSync(path);
  const first = whole.indexOf("\n", whole.indexOf("\n") + 1) + 1;
  for (let length = first; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    using journal = FileJournal.open(path);
    expect(journal.found).toBe(1);
    journal.add("c", "é3");
    expect(
      readFileSync(path, "utf8")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      ["a", "é1"],
      ["c", "é3"],
    ]);
  }
});

test("the lock of a process that is gone is taken over, and that of a living one is not", () => {
  const path = join(folder, "locked.jsonl");
  writeFileSync(`${path}.lock`, "999999999");
  FileJournal.open(path).dispose();
  writeFileSync(`${path}.lock`, String(process.ppid));
  expect(() => FileJournal.open(path)).toThrow(`process ${process.ppid} is writing this journal`);
  expect(existsSync(`${path}.lock`)).toBe(true);
});

test("what is no journal is refused and left as it is", () => {
  const path = join(folder, "other.jsonl");
  writeFileSync(path, '{"a":1}\n');
  expect(() => FileJournal.open(path)).toThrow("is not a journal of an evaluation");
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
  rmSync(path);
  FileJournal.open(path).dispose();
  appendFileSync(path, "nonsense\n");
  expect(() => FileJournal.open(path)).toThrow(`${path}, line 2: is not valid JSON`);
});
