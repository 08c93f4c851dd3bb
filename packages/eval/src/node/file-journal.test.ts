import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
    await using journal = await FileJournal.open(path);
    journal.add("a", { logprob: -1.25, isGreedy: true });
    journal.add("b", "Größe\n“x”");
  }
  expect(existsSync(`${path}.lock`)).toBe(false);
  await using journal = await FileJournal.open(path);
  expect(journal.found).toBe(2);
  expect(journal.get("a")).toEqual({ logprob: -1.25, isGreedy: true });
  expect(journal.get("b")).toBe("Größe\n“x”");
  expect(journal.get("c")).toBeUndefined();
});

test("a line that a killed process left half-written is dropped, wherever it was cut", async () => {
  const path = join(folder, "cut.jsonl");
  {
    await using journal = await FileJournal.open(path);
    journal.add("a", "é1");
    journal.add("b", "é2");
  }
  const whole = readFileSync(path);
  const first = whole.indexOf("\n", whole.indexOf("\n") + 1) + 1;
  for (let length = first; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    await using journal = await FileJournal.open(path);
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

test("the journal of a process that is gone is taken over, and that of a living one is not", async () => {
  const path = join(folder, "locked.jsonl");
  const own = await ownProcessMark();
  const [machine = "", , start = ""] = own.split("-");
  writeFileSync(`${path}.lock`, `token ${machine}-999999999-${start}`);
  await (await FileJournal.open(path)).close();
  // Another process has got its id, as in a container that was started again.
  writeFileSync(`${path}.lock`, `token ${machine}-${process.pid}-1`);
  await (await FileJournal.open(path)).close();
  await using journal = await FileJournal.open(path);
  await expect(FileJournal.open(path)).rejects.toThrow(
    `${path}: the journal is held by another part of this process; wait for it, or end it, or name another file`,
  );
  expect(journal.found).toBe(0);
});

test("the journal of another machine is taken over when nothing happens to its lock for a while", async () => {
  const path = join(folder, "elsewhere.jsonl");
  const lock = `${path}.lock`;
  const elsewhere = "token 0123456789ab-1-1";
  writeFileSync(lock, elsewhere);
  const beat = setInterval(() => writeFileSync(lock, elsewhere), 20);
  await expect(FileJournal.open(path, { pollMs: 10 })).rejects.toThrow("another process, perhaps of another machine");
  clearInterval(beat);
  await using journal = await FileJournal.open(path, { pollMs: 10, staleMs: 100 });
  expect(journal.found).toBe(0);
  expect(readFileSync(lock, "utf8")).toContain(await ownProcessMark());
});

test("what is no journal is refused and left as it is", async () => {
  const path = join(folder, "other.jsonl");
  writeFileSync(path, '{"a":1}\n');
  await expect(FileJournal.open(path)).rejects.toThrow("is not a journal of an evaluation");
  expect(readFileSync(path, "utf8")).toBe('{"a":1}\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
  rmSync(path);
  await (await FileJournal.open(path)).close();
  appendFileSync(path, "nonsense\n");
  await expect(FileJournal.open(path)).rejects.toThrow(`${path}, line 2: is not valid JSON`);
});
