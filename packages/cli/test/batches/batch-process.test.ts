import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rng } from "@helium-lm/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answersIn, batchLines } from "../../../../testing/batches/batch-lines.ts";
import { batchProcess, killedBatch } from "../../../../testing/batches/batch-process.ts";
import { bundleForNode } from "../../../../testing/bundle-for-node.ts";
import { root } from "../../../../testing/repository.ts";

// The long form: npm run soak -- batch-kills.
const uniform = (seed: number): (() => number) => {
  const rng = new Rng(seed);
  return () => rng.uniform();
};
const LINES = 40;
const folder = mkdtempSync(join(tmpdir(), "helium-batch-process-"));
const input = join(folder, "in.jsonl");
const undisturbed = join(folder, "undisturbed.jsonl");
let program = "";
beforeAll(async () => {
  program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
  writeFileSync(
    input,
    batchLines(LINES, uniform(7))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  expect(await batchProcess({ program, args: argsOf(undisturbed) })).toMatchObject({ code: 0, err: "" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const argsOf = (output: string): string[] => [input, output, "--threads", "1", "--max-sequences", "4"];
const ids = Array.from({ length: LINES }, (_, i) => `line-${i}`);

describe("helium batch as a process", () => {
  it("killed again and again, it answers each line once, in order, with the texts of an undisturbed run", async () => {
    const output = join(folder, "killed.jsonl");
    const growth = statSync(undisturbed).size / 2;
    const { kills, last } = await killedBatch({
      program,
      args: argsOf(output),
      random: uniform(3),
      kills: 3,
      growth,
    });
    expect(kills).toBe(3);
    expect(last).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^going on: \d+ of 40 requests were done already\n$/) as string,
    });
    const answers = answersIn(output);
    expect(answers.map(([id]) => id)).toEqual(ids);
    expect(answers).toEqual(answersIn(undisturbed));
    expect(readdirSync(folder).sort()).toEqual(["in.jsonl", "killed.jsonl", "undisturbed.jsonl"]);
  });

  it.skipIf(process.platform === "win32")(
    "where files may not grow it ends with the mend, and goes on once they may",
    async () => {
      const output = join(folder, "full.jsonl");
      const journal = `${output}.journal`;
      const full = await batchProcess({ program, args: argsOf(output), fileLimit: 8 * 1024 });
      expect(full.code).toBe(1);
      const told =
        /^(\d+) of 40 requests are done, in \S+; the same command goes on from there\n\S+full\.jsonl\.journal: cannot be written \(EFBIG: .*\); files may not become larger here \(ulimit -f\); allow more, or write elsewhere\n$/;
      const [, done = ""] = told.exec(full.err) ?? [full.err];
      expect(Number(done)).toBeGreaterThan(3);
      // Nothing half-written stays.
      const kept = readFileSync(journal, "utf8");
      expect([kept.length <= 8 * 1024, kept.endsWith("]\n"), existsSync(output)]).toEqual([true, true, false]);
      const second = await batchProcess({ program, args: argsOf(output) });
      expect(second).toMatchObject({ code: 0, err: `going on: ${done} of 40 requests were done already\n` });
      expect(answersIn(output)).toEqual(answersIn(undisturbed));
    },
  );

  it("Ctrl-C ends it with what it has", async () => {
    const output = join(folder, "stopped.jsonl");
    const journal = `${output}.journal`;
    const stopped = await batchProcess({
      program,
      args: argsOf(output),
      ownSignal: { signal: "SIGINT", to: ".journal", bytes: 1000 },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/^\d+ of 40 requests are done, in \S+; the same command goes on from there\n$/);
    expect([existsSync(`${journal}.lock`), existsSync(output)]).toEqual([false, false]);
  });
});
