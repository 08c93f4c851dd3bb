import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { notRun, type BatchOutcome } from "../../batches/run-line.ts";
import { checkBatchFile, type CheckedBatchFile } from "./batch-file.ts";
import { BatchJournal } from "./batch-journal.ts";
import { runBatch } from "./run-batch.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-run-batch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
async function inputOf(count: number): Promise<CheckedBatchFile> {
  const path = join(folder, `${++files}.jsonl`);
  const lines = Array.from({ length: count }, (_, i) => ({
    ...{ custom_id: `line ${i}`, url: "/v1/completions" },
    body: { prompt: "" },
  }));
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return checkBatchFile(path);
}
const openJournal = (input: CheckedBatchFile): Promise<BatchJournal> =>
  BatchJournal.open(`${input.path}.journal`, { input });
const outcomeOf = (custom_id: string): BatchOutcome => notRun(custom_id, { code: "c", message: "m" });
const idsIn = (journal: BatchJournal): string[] =>
  [...journal.texts()].map((text) => (JSON.parse(text) as BatchOutcome).custom_id);
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`);
const tick = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("stopped wherever it may be, it goes on, runs nothing again that is kept, and never more at a time than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.record({ after: fc.integer({ min: 0, max: 10 }), how: fc.constantFrom("stop", "give up") }), {
        maxLength: 5,
      }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 30, maxLength: 30 }),
      async (count, atOnce, ends, waits) => {
        const input = await inputOf(count);
        const finished = new Set<string>();
        const session = async (end: { after: number; how: "stop" | "give up" } | null): Promise<boolean> => {
          await using journal = await openJournal(input);
          expect(new Set(idsIn(journal))).toEqual(finished);
          const ending = new AbortController();
          let [begun, underWay] = [0, 0];
          return await runBatch({
            ...{ input, journal, atOnce, [end?.how === "stop" ? "stop" : "signal"]: ending.signal },
            run: async ({ custom_id }, signal) => {
              expect(finished.has(custom_id)).toBe(false);
              expect(++underWay).toBeLessThanOrEqual(atOnce);
              if (end !== null && begun++ === end.after) ending.abort(new Error("enough"));
              for (let i = waits[Number(custom_id.slice(5))] ?? 0; i > 0; i--) await tick();
              underWay--;
              signal.throwIfAborted();
              finished.add(custom_id);
              return outcomeOf(custom_id);
            },
          }).catch((error: unknown) => {
            expect(error).toMatchObject({ message: "enough" });
            return false;
          });
        };
        for (const end of ends) await session(end);
        expect(await session(null)).toBe(true);
        await using journal = await openJournal(input);
        expect(idsIn(journal)).toEqual(idsOf(count));
      },
    ),
    { seed: 1, numRuns: 25 },
  );
});

test("a failure of one line ends the others, and what was kept before stays", async () => {
  const input = await inputOf(20);
  await using journal = await openJournal(input);
  const given: string[] = [];
  const failing = runBatch({
    ...{ input, journal, atOnce: 3 },
    run: async ({ custom_id }, signal) => {
      await tick(custom_id === "line 5" ? 0 : 1);
      if (custom_id === "line 5") throw new Error("the disk is gone");
      signal.addEventListener("abort", () => given.push(custom_id));
      return outcomeOf(custom_id);
    },
  });
  await expect(failing).rejects.toThrow("the disk is gone");
  expect(journal.done).toBeGreaterThan(0);
  expect(journal.done).toBeLessThan(8);
});

test("a file that is changed while it is run is noticed", async () => {
  const input = await inputOf(3);
  await using journal = await openJournal(input);
  const text = readFileSync(input.path, "utf8");
  for (const changed of [text.replace("line 2", "line 9"), text.slice(0, -10), `${text}{}\n`]) {
    writeFileSync(input.path, changed);
    const run = runBatch({ ...{ input, journal, atOnce: 1 }, run: async ({ custom_id }) => outcomeOf(custom_id) });
    await expect(run).rejects.toThrow("was changed while it was run");
  }
});

test("a line of the journal that a power failure spoilt is run again", async () => {
  const input = await inputOf(3);
  const path = `${input.path}.journal`;
  {
    await using journal = await openJournal(input);
    await runBatch({ ...{ input, journal, atOnce: 1 }, run: async ({ custom_id }) => outcomeOf(custom_id) });
  }
  const lines = readFileSync(path, "utf8").split("\n");
  const spoilt = "\u0000".repeat(lines[2]?.length ?? 0);
  writeFileSync(path, [lines[0], lines[1], spoilt, ...lines.slice(3)].join("\n"));
  await using journal = await openJournal(input);
  expect(idsIn(journal)).toEqual(["line 0", "line 2"]);
  const again: string[] = [];
  const run = async ({ custom_id }: { readonly custom_id: string }): Promise<BatchOutcome> => {
    again.push(custom_id);
    return outcomeOf(custom_id);
  };
  expect(await runBatch({ ...{ input, journal, atOnce: 1 }, run })).toBe(true);
  expect([again, idsIn(journal)]).toEqual([["line 1"], idsOf(3)]);
});
