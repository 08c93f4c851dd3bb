import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zooConfigs } from "../model-files/zoo-shapes.ts";
import { writeRandomShards } from "../model-files/random-shards.ts";
import { modelsFolder } from "../peers/cache-folder.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

const THREADS = 2;

interface Told {
  readonly loadSeconds: number;
  readonly storedBytes: number;
  readonly peakBytes: number;
  readonly speeds: readonly number[];
}

/**
 * Models of the true shapes of the card's rivals, random weights: written as sharded bf16 safetensors, loaded as q4_0 and
 * decoded for 32 tokens, each in a process of its own. The files are removed afterwards.
 */
export async function zooBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const results: Result[] = [];
  const peakBytes: Record<string, number> = {};
  for (const [model, config] of Object.entries(zooConfigs)) {
    const folder = join(modelsFolder, `zoo-${model}`);
    try {
      const bytes = await writeRandomShards(folder, config);
      const { loadSeconds, storedBytes, peakBytes: peak, speeds } = play(folder);
      const contender = "helium-lm";
      const loaded = bytes / 1e9 / loadSeconds;
      results.push(
        { test: `${model} q4_0 decode`, contender, unit: "tok/s", ...summary(speeds), runs: speeds },
        { test: `${model} load bf16 as q4_0`, contender, unit: "GB/s", best: loaded, median: loaded, runs: [loaded] },
      );
      peakBytes[`${model}: stored`] = storedBytes;
      peakBytes[`${model}: process`] = peak;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  printResults(results, "helium-lm");
  for (const [what, bytes] of Object.entries(peakBytes)) console.log(`${what} ${(bytes / 1e9).toFixed(2)} GB`);
  const versions = { "helium-lm": `wasm backend, ${THREADS} threads` };
  saveReport(name, before, { versions, missing: [], peakBytes, results });
}

function play(folder: string): Told {
  const child = fileURLToPath(new URL("zoo-child.ts", import.meta.url));
  const args = [...process.execArgv, child, folder, String(THREADS)];
  const output = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output) as Told;
}
