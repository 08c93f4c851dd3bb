import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { formatFile, llama8bModel } from "../model-files/format-files.ts";
import { conditions, digits, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";
import { formatFiles } from "../model-speed/formats.bench.ts";
import { formatsFilter } from "../model-speed/formats-filter.ts";

const ROUNDS = 3;

interface Seconds {
  readonly readSeconds: number;
  readonly loadSeconds: number;
}

/** Loading each file of `formats`, and the one of 8B, beside reading its bytes in the same process. */
export async function loadTimeBenchmark(name: string, args: readonly string[]): Promise<void> {
  const filter = formatsFilter(args);
  const before = await conditions();
  const files = [...(await formatFiles(filter))].map(({ title, path }) => ({ title, path }));
  if (filter.wants(llama8bModel, "Q4_K_M"))
    files.push({ title: `${llama8bModel.name} Q4_K_M`, path: await formatFile(llama8bModel, "Q4_K_M") });
  const results: Result[] = [];
  for (const { title, path } of files) {
    const rounds: Seconds[] = [];
    for (let round = 0; round < (filter.rounds ?? ROUNDS); round++) rounds.push(await measure(path));
    const gigabytes = statSync(path).size / 1e9;
    const result = (contender: string, seconds: readonly number[]): Result => {
      const runs = seconds.map((spent) => gigabytes / spent);
      return { test: `load ${title}`, contender, unit: "GB/s", ...summary(runs), runs };
    };
    const [load, read] = [
      result(
        "helium-lm",
        rounds.map(({ loadSeconds }) => loadSeconds),
      ),
      result(
        "plain read",
        rounds.map(({ readSeconds }) => readSeconds),
      ),
    ];
    results.push(load, read);
    const seconds = `load ${digits(gigabytes / load.best)} s, read ${digits(gigabytes / read.best)} s`;
    console.log(`${title.padEnd(28)} ${seconds}: ${digits(read.best / load.best)}×`);
  }
  if (filter.isPartial) return;
  saveReport(name, before, { versions: {}, missing: [], results });
}

async function measure(path: string): Promise<Seconds> {
  const child = fileURLToPath(new URL("load-time-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, child, path]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Seconds;
}
