import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { runLine } from "../../src/batches/run-line.ts";
import { checkBatchFile } from "../../src/node/batches/batch-file.ts";
import { BatchJournal } from "../../src/node/batches/batch-journal.ts";
import { runBatch } from "../../src/node/batches/run-batch.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-batch-memory-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Here and not beside the source, so that it has a process of its own: what other tests leave moves by some MB.
test("memory of a batch does not grow with the file", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): { readonly heap: number; readonly external: number } => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return { heap: heapUsed / 2 ** 20, external: external / 2 ** 20 };
  };
  // 20,000 lines of 2 KB, whose answers have as much.
  const padding = "x".repeat(2000);
  const path = join(folder, "in.jsonl");
  const lines = Array.from({ length: 20_000 }, (_, i) => ({
    ...{ custom_id: `line ${i}`, url: "/v1/completions" },
    body: { prompt: padding },
  }));
  writeFileSync(
    path,
    lines
      .splice(0)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  const input = await checkBatchFile(path);
  await using journal = await BatchJournal.open(`${path}.journal`, { input });
  const seen: ReturnType<typeof used>[] = [];
  await runBatch({
    ...{ input, journal, atOnce: 32 },
    run: (line, signal) => runLine(line, { signal, fetch: () => Response.json({ text: padding }) }),
    onDone: () => void (journal.done % 1000 === 0 && seen.push(used())),
  });
  expect(seen).toHaveLength(20);
  // 80 MB went through between the first look and the last; what is kept is some 100 bytes of each line.
  expect((seen.at(-1)?.heap ?? NaN) - (seen[0]?.heap ?? NaN)).toBeLessThan(4);
  // Buffers for reading ahead are there at one look and gone at the next, some 8 MB of them; all lines would be 80.
  expect(Math.max(...seen.map(({ external }) => external)) - (seen[0]?.external ?? NaN)).toBeLessThan(20);
});
