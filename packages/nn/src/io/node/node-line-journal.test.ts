import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openLineJournal, type LineJournal } from "./node-line-journal.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = '{"journal":1}';
let files = 0;
const fresh = (): string => join(folder, `${++files}.jsonl`);

/** What is in a journal, and the journal. */
async function opened(path: string): Promise<{ lines: string[]; journal: LineJournal }> {
  const lines: string[] = [];
  const journal = await openLineJournal(path, { header, onLine: (text) => lines.push(text) });
  return { lines, journal };
}

test("lines come back as they were, wherever a killed process stopped writing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text))),
      fc.nat(),
      async (lines, cut) => {
        const path = fresh();
        const first = await opened(path);
        const places = lines.map((line) => first.journal.append(line));
        expect(places.map((place) => first.journal.read(place))).toEqual(lines);
        await first.journal.sync();
        await first.journal.close();
        const whole = readFileSync(path);
        const length = cut % (whole.length + 1);
        writeFileSync(path, whole.subarray(0, length));
        const second = await opened(path);
        const left = whole.subarray(0, length).toString("utf8").split("\n").slice(1, -1);
        expect(second.lines).toEqual(left);
        second.journal.append("more");
        await second.journal.close();
        const third = await opened(path);
        expect(third.lines).toEqual([...left, "more"]);
        await third.journal.close();
        expect(existsSync(`${path}.lock`)).toBe(false);
      },
    ),
    { seed: 3, numRuns: 50 },
  );
});

test("lines longer than what is read at a time are whole", async () => {
  const path = fresh();
  const long = ["a".repeat(3 * 2 ** 20), "é".repeat(2 ** 19), "b"];
  const { journal } = await opened(path);
  for (const line of long) journal.append(line);
  await journal.close();
  const again = await opened(path);
  expect(again.lines).toEqual(long);
  await again.journal.close();
});

test("a journal of other work is refused and left as it is", async () => {
  const path = fresh();
  writeFileSync(path, '{"other":1}\nx\n');
  await expect(opened(path)).rejects.toThrow("is not the journal of this work: its first line is");
  expect(readFileSync(path, "utf8")).toBe('{"other":1}\nx\n');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("one has it at a time, and none after it was closed", async () => {
  const path = fresh();
  const { journal } = await opened(path);
  await expect(opened(path)).rejects.toThrow("the journal is held by another part of this process");
  await journal.close();
  await journal.close();
  expect(() => journal.append("x")).toThrow("the journal was closed; open it again");
});
