import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder } from "../peers/cache-folder.ts";
import { smollm2File } from "../model-files/smollm2.ts";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import { conditions, digits, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

/** The last commit before there was an engine, and recording. */
const BEFORE = "4bc9909";
const THREADS = 2;
const STEPS = 200;
/** Processes of each side, by turns, and rounds in each. */
const TURNS = 3;
const ROUNDS = 3;

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Answer {
  /** Tokens per second. */
  readonly runs: readonly number[];
  /** Share of the time that was spent outside of kernels; NaN where nothing counts it. */
  readonly outside: readonly number[];
}

/** Decoding one text as `generate` does it, beside the same call of the library before it had an engine. */
export async function beforeBenchmark(name: string): Promise<void> {
  const state = await conditions();
  const folders = { now: root, before: checkout(BEFORE) };
  const [smollm2] = formatModels;
  const models = {
    "SmolLM2-135M Q4_1": smollm2File(),
    ...(smollm2 && { "SmolLM2-135M Q8_0": await formatFile(smollm2, "Q8_0") }),
    "helium-nano": join(root, "models/helium-nano"),
  };
  const results: Result[] = [];
  for (const [title, path] of Object.entries(models)) {
    const answers: Record<string, Answer[]> = { now: [], before: [] };
    for (let turn = 0; turn < TURNS; turn++)
      for (const [side, folder] of Object.entries(folders)) answers[side]?.push(await measure(folder, path));
    const result = (side: string): Result => {
      const runs = (answers[side] ?? []).flatMap((answer) => answer.runs);
      return { test: `decode ${title}`, contender: side, unit: "tok/s", ...summary(runs), runs };
    };
    const [now, before] = [result("now"), result("before")];
    const shares = (answers["now"] ?? []).flatMap(({ outside }) => outside.map((share) => 100 * share));
    const outside: Result = {
      ...{ test: `outside kernels ${title}`, contender: "now", unit: "%" },
      ...{ best: Math.min(...shares), median: summary(shares).median, runs: shares },
    };
    results.push(now, before, outside);
    console.log(
      `${title.padEnd(20)} now ${digits(now.best)} tok/s, before ${digits(before.best)}: ${digits(now.best / before.best)}×, ` +
        `outside kernels ${digits(outside.median)} %`,
    );
  }
  saveReport(name, state, { versions: { before: BEFORE }, missing: [], results });
}

async function measure(folder: string, model: string): Promise<Answer> {
  const child = fileURLToPath(new URL("before-child.ts", import.meta.url));
  const args = [child, model, THREADS, STEPS, ROUNDS].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
}

/** A worktree of a commit, with the packages that are installed here. */
function checkout(commit: string): string {
  const folder = join(cacheFolder, `before-${commit}`);
  if (!existsSync(folder)) {
    mkdirSync(cacheFolder, { recursive: true });
    execFileSync("git", ["worktree", "add", "--detach", folder, commit], { cwd: root });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  }
  return folder;
}
