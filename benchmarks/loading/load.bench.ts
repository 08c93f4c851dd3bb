import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { syntheticHelium2b, type SyntheticFormat } from "../model-files/helium-2b-files.ts";
import { conditions } from "../report.ts";

interface Load {
  readonly title: string;
  readonly file: SyntheticFormat;
  readonly dtype: string;
  readonly context: number;
}

interface Measured {
  readonly loadSeconds: number;
  /** Most that was resident when the model was loaded, and after decoding. */
  readonly loadPeakBytes: number;
  readonly peakBytes: number;
  readonly weightBytes: number;
  readonly kvDType: string;
  readonly tokensPerSecond: number;
  readonly memories: number;
  readonly memoryBytes: number;
}

const loads: readonly Load[] = [
  { title: "q4_0 file", file: "q4_0", dtype: "auto", context: 2048 },
  { title: "q8_0 file, 4,096 tokens", file: "q8_0", dtype: "auto", context: 4096 },
  { title: "bf16 safetensors", file: "bf16", dtype: "auto", context: 128 },
  { title: "bf16 safetensors → q4_0", file: "bf16", dtype: "q4_0", context: 128 },
];

/** What a load may hold resident: the weights as they are kept, and this beside them. */
const limitOf = (weightBytes: number): number => 1.15 * weightBytes + 300e6;

/** Memory and time of loading Helium 2B's shape, each in a process of its own; minutes for the one that is quantised. */
export async function loadBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const child = fileURLToPath(new URL("load-child.ts", import.meta.url));
  const results: (Load & Measured & { readonly limitBytes: number })[] = [];
  for (const load of loads) {
    const path = await syntheticHelium2b(load.file);
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...process.execArgv,
      child,
      path,
      ...[load.dtype, String(load.context)],
    ]);
    const measured = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measured;
    results.push({ ...load, ...measured, limitBytes: limitOf(measured.weightBytes) });
    console.log(line(load, measured));
  }
  const report = { benchmark: name, date: new Date().toISOString(), ...before, results };
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(report, null, 2)}\n`);
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

function line({ title, context }: Load, measured: Measured): string {
  const { loadSeconds, loadPeakBytes, weightBytes, tokensPerSecond, memories, memoryBytes, kvDType } = measured;
  const peak = `peak ${gigabytes(loadPeakBytes)} of at most ${gigabytes(limitOf(weightBytes))}`;
  const memory = `${memories} ${memories === 1 ? "memory" : "memories"}, ${gigabytes(memoryBytes)}`;
  const speed = `${tokensPerSecond.toFixed(2)} tok/s at ${context} tokens (${kvDType})`;
  return `${title.padEnd(26)} ${loadSeconds.toFixed(1)} s, ${peak}; ${memory}; ${speed}`;
}
