/**
 * `npm run soak -- batch-kills [--lines 2000] [--kills 20] [--seed 1] [--record]`: `helium batch` with helium-nano, killed with
 * SIGKILL at drawn moments until it is done, and on a full disk. Every line must be answered once, in the order of the input, with
 * the text of an undisturbed run. `--record` writes docs/batch-soak.json.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../workspace-sources.ts";
import { answersIn, batchLines } from "../../testing/batches/batch-lines.ts";
import { batchProcess, killedBatch, type BatchRunEnd } from "../../testing/batches/batch-process.ts";
import { bundleForNode } from "../../testing/bundle-for-node.ts";
import { root } from "../../testing/repository.ts";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "2000" },
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});
const [lines, kills, seed] = [Number(values.lines), Number(values.kills), Number(values.seed)];
const { Rng } = await import("@helium-lm/tensor");
const rng = new Rng(seed);
const random = (): number => rng.uniform();

const folder = mkdtempSync(join(tmpdir(), "helium-batch-kills-"));
const input = join(folder, "in.jsonl");
const argsOf = (output: string): string[] => [input, output, "--threads", "1"];
const busy = loadavg()[0] ?? 0;
try {
  writeFileSync(
    input,
    batchLines(lines, random)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  const program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
  const undisturbed = join(folder, "undisturbed.jsonl");
  const seconds = await timed(async () => succeeded(await batchProcess({ program, args: argsOf(undisturbed) })));
  const expected = JSON.stringify(answersIn(undisturbed));
  const bytes = statSync(undisturbed).size;
  console.log(`${lines} lines undisturbed in ${seconds} s, ${bytes} bytes`);

  const output = join(folder, "killed.jsonl");
  const killed = await killedBatch({
    ...{ program, args: argsOf(output), random, kills },
    growth: (2 * bytes) / kills,
  });
  succeeded(killed.last);
  const differ = differences(output, expected);
  console.log(`killed ${killed.kills} times: ${differ} lines differ; the last run said: ${killed.last.err.trim()}`);

  const disk = await onFullDisk(program, bytes, expected);
  console.log(`on a full disk: ${JSON.stringify(disk)}`);
  const report = {
    ...{ date: new Date().toISOString().slice(0, 10), node: process.version, model: "helium-nano" },
    ...{ cores: cpus().length, loadBefore: Math.round(busy * 100) / 100, seed },
    ...{ lines, secondsUndisturbed: seconds, kills: killed.kills, linesThatDiffer: differ },
    ...{ foundByTheLastRun: foundBy(killed.last), fullDisk: disk },
  };
  console.log(JSON.stringify(report, null, 2));
  if (values.record)
    writeFileSync(
      join(root, "docs", "batch-soak.json"),
      await format(JSON.stringify(report), { parser: "json", printWidth: 120 }),
    );
  if (differ > 0 || disk.linesThatDiffer > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * A file system in memory with room for less than half of the journal, which is given more once that is full: first enough for the
 * journal and not for the output beside it, then enough for both. Where none may be made a limit for files stands for it.
 */
async function onFullDisk(
  program: string,
  bytes: number,
  expected: string,
): Promise<{ readonly by: string; readonly runs: readonly string[]; readonly linesThatDiffer: number }> {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const output = join(disk, "out.jsonl");
  const room = (size: number, how = "size"): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", `${how}=${Math.ceil(size / 1024)}k`, "tmpfs", disk]).status === 0;
  const isMounted = process.platform === "linux" && room(bytes * 0.4);
  const runs: string[] = [];
  try {
    for (const share of [0.4, 1.3, 2.5]) {
      if (isMounted && share > 0.4) room(bytes * share, "remount,size");
      const fileLimit = Math.ceil((bytes * Math.min(share, 1)) / 1024) * 1024;
      const isLimited = !isMounted && share < 2;
      const run = await batchProcess({ program, args: argsOf(output), ...(isLimited && { fileLimit }) });
      runs.push(`${share} of the output's size: exit code ${run.code}, ${reasonOf(run)}`);
      if (run.code === 0) break;
      console.log(`  ${run.err.trim()}`);
    }
    const left = readdirSync(disk).join();
    if (left !== "out.jsonl") throw new Error(`the disk has ${left} and not the output alone`);
    return { by: isMounted ? "tmpfs" : "ulimit -f", runs, linesThatDiffer: differences(output, expected) };
  } finally {
    if (isMounted) spawnSync("umount", [disk]);
  }
}

function reasonOf({ code, err }: BatchRunEnd): string {
  return code === 0 ? `${foundBy({ err })} lines found` : (/\b(ENOSPC|EFBIG)\b/.exec(err)?.[0] ?? err);
}

function foundBy({ err }: Pick<BatchRunEnd, "err">): number {
  return Number(/going on: ([\d,]+) of/.exec(err)?.[1]?.replaceAll(",", "") ?? 0);
}

/** Lines that are not what an undisturbed run has in their place. */
function differences(output: string, expected: string): number {
  const [given, wanted] = [answersIn(output), JSON.parse(expected) as unknown[]];
  const longest = Math.max(given.length, wanted.length);
  return Array.from({ length: longest }, (_, i) => JSON.stringify(given[i]) !== JSON.stringify(wanted[i])).filter(
    Boolean,
  ).length;
}

function succeeded({ code, err }: BatchRunEnd): void {
  if (code !== 0) throw new Error(`helium batch ended with ${code}: ${err}`);
}

async function timed(action: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await action();
  return Math.round((performance.now() - since) / 100) / 10;
}
