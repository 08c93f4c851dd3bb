import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownProcessMark } from "@helium-lm/nn/io/node";
import { afterAll, expect, test } from "vitest";
import { FileJournal } from "./file-journal.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-eval-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("answers are there when it is opened again", async () => {
  const path = join(folder, "again.jsonl");
  {
    using journal = await FileJournal.open(path);
    journal.add("a", { logprob: -1.25, isGreedy: true });
    journal.add("b", "Größe\n“x”");
  }
  expect(existsSync(`${path}.lock`)).toBe(false);
  using journal = await FileJournal.open(path);
  expect(journal.found).toBe(2);
  expect(journal.get("a")).toEqual({ logprob: -1.25, isGreedy: true });
  expect(journal.get("b")).toBe("Größe\n“x”");
  expect(journal.get("c")).toBeUndefined();
});

test("a line that a killed process left half-written is dropped, wherever it was cut", async () => {
  const path = join(folder, "cut.jsonl");
  {
    using journal = await FileJournal.open(path);
    journal.add("a", "é1");
    journal.add("b", "é2");
  }
  const whole = readFileSync(path);
  const first = whole.indexOf("\n", whole.indexOf("\n") + 1) + 1;
  for (let length = first; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    using journal = await FileJournal.open(path);
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

test("the lock of a process that is gone is taken over, and that of a living one is not", async () => {
  const path = join(folder, "locked.jsonl");
  const own = await ownProcessMark();
  const [machine = "", , start = ""] = own.split("-");
  writeFileSync(`${path}.lock`, `${machine}-999999999-${start}`);
  (await FileJournal.open(path)).dispose();
  // Another process has got its id, as in a container that was started again.
  writeFileSync(`${path}.lock`, `${machine}-${process.pid}-1`);
  (await FileJournal.open(path)).dispose();
  writeFileSync(`${path}.lock`, own);
  await expect(FileJournal.open(path)).rejects.toThrow(`process ${process.pid} is writing this journal`);
  expect(existsSync(`${path}.lock`)).toBe(true);
});

test("the lock of another machine is taken over when it has not been touched for two minutes", async () => {
  const path = join(folder, "elsewhere.jsonl");
  const lock = `${path}.lock`;
  writeFileSync(lock, "0123456789ab-1-1");
  await expect(FileJournal.open(path)).rejects.toThrow(
    "a process of another machine or container is writing this journal",
  );
  const before = new Date(Date.now() - 130_000);
  utimesSync(lock, before, before);
  using journal = await FileJournal.open(path);
  expect(journal.found).toBe(0);
  expect(readFileSync(lock, "utf8")).toBe(await ownProcessMark());
});

test("what is no journal is refused and left as it is", async () => {
  const path = join(folder, "other.jsonl");
  writeFileSync(path, '{"a":1}\n');
  await expect(FileJournal.open(path)).rejects.toThrow("is not a journal of an evaluation");
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
  rmSync(path);
  (await FileJournal.open(path)).dispose();
  appendFileSync(path, "nonsense\n");
  await expect(FileJournal.open(path)).rejects.toThrow(`${path}, line 2: is not valid JSON`);
});
