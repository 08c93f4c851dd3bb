import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { quantisingCost } from "./accuracy/quantising.bench.ts";
import { evaluationBenchmark } from "./evaluation/evaluation.bench.ts";
import { gpuJsBenchmark } from "./gpujs.bench.ts";
import { grammarsBenchmark } from "./grammars/grammars.bench.ts";
import { measure, type Case, type Row } from "./harness.ts";
import { buildsBenchmark } from "./kernels/builds.bench.ts";
import { gemmBenchmark } from "./kernels/gemm.bench.ts";
import { gemvBenchmark } from "./kernels/gemv.bench.ts";
import { joinsBenchmark } from "./kernels/joins.bench.ts";
import { matmulCases } from "./kernels/matmul.bench.ts";
import { matvecCases } from "./kernels/matvec.bench.ts";
import { describeMachine } from "./machine.ts";
import { batchBenchmark } from "./model-speed/batch.bench.ts";
import { beforeBenchmark } from "./model-speed/before.bench.ts";
import { constrainedBenchmark } from "./model-speed/constrained.bench.ts";
import { eightBillionBenchmark } from "./model-speed/eight-billion.bench.ts";
import { formatFiles, formatsBenchmark } from "./model-speed/formats.bench.ts";
import { formatsFilter } from "./model-speed/formats-filter.ts";
import { helium2bBenchmark } from "./model-speed/helium-2b.bench.ts";
import { formatFile, llama8bModel } from "./model-files/format-files.ts";
import { syntheticHelium2b } from "./model-files/helium-2b-files.ts";
import { kvSpeedBenchmark } from "./model-speed/kv-speed.bench.ts";
import { loadBenchmark } from "./loading/load.bench.ts";
import { loadTimeBenchmark } from "./loading/load-time.bench.ts";
import { nanoCases } from "./model-speed/nano.bench.ts";
import { quantizeCases } from "./model-speed/quantize.bench.ts";
import { serveBenchmark } from "./model-speed/serve.bench.ts";
import { smollm2Benchmark } from "./model-speed/smollm2.bench.ts";
import { speculationBenchmark } from "./model-speed/speculation.bench.ts";
import { zooBenchmark } from "./model-speed/zoo.bench.ts";
import { familiesParity } from "./accuracy/families.bench.ts";
import { kvDTypesParity } from "./accuracy/kv-dtypes.bench.ts";
import { roundedActivations } from "./accuracy/rounded-activations.bench.ts";
import { smollm2Parity } from "./accuracy/smollm2.bench.ts";
import { pinTokenizers, tokenizersParity } from "./accuracy/tokenizers.bench.ts";
import { installPeers } from "./peers/install.ts";
import { installLmEval } from "./peers/python/lm-eval.ts";
import { PeerMissing } from "./peers/player.ts";
import { encodeBenchmark } from "./tokenizers/encode.bench.ts";
import { webGpuBenchmark } from "./webgpu.bench.ts";

type Benchmark = (name: string, args: readonly string[]) => Promise<void>;

/**
 * Every benchmark by name; `npm run bench -- name …` runs some, `npm run bench` all. `npm run bench -- install-peers` once,
 * then `npm run bench -- speed` measures what is held to bars and writes the tables. What begins with `--`, and all behind
 * it, is for the benchmarks themselves.
 */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  matmul: besideNaive(matmulCases),
  matvec: besideNaive(matvecCases),
  nano: besideNaive(nanoCases),
  joins: joinsBenchmark,
  gemv: gemvBenchmark,
  gemm: gemmBenchmark,
  builds: buildsBenchmark,
  smollm2: smollm2Benchmark,
  helium2b: helium2bBenchmark,
  batch: batchBenchmark,
  serve: serveBenchmark,
  speculation: speculationBenchmark,
  constrained: constrainedBenchmark,
  encode: encodeBenchmark,
  evaluation: evaluationBenchmark,
  grammars: grammarsBenchmark,
  gpujs: gpuJsBenchmark,
  webgpu: webGpuBenchmark,
};

/** Run only when asked for by name. */
const commands: Readonly<Record<string, Benchmark>> = {
  "gguf-families": familiesParity,
  "gguf-tokenizers": tokenizersParity,
  "smollm2-parity": smollm2Parity,
  "rounded-activations": roundedActivations,
  "kv-dtypes": kvDTypesParity,
  quantising: quantisingCost,
  "kv-speed": kvSpeedBenchmark,
  "pin-tokenizers": pinTokenizers,
  before: beforeBenchmark,
  formats: formatsBenchmark,
  "8b": eightBillionBenchmark,
  load: loadBenchmark,
  "load-time": loadTimeBenchmark,
  /** "naive" is one thread. */
  quantize: besideNaive(quantizeCases),
  "install-peers": async () => {
    installPeers();
    installLmEval();
  },
  "write-models": async (_, args) => {
    const filter = formatsFilter(args);
    await formatFiles(filter);
    if (filter.wants(llama8bModel, "Q4_K_M")) console.log(await formatFile(llama8bModel, "Q4_K_M"));
    if (filter.isPartial) return;
    for (const format of ["q4_0", "q8_0", "bf16"] as const) console.log(await syntheticHelium2b(format));
  },
  zoo: zooBenchmark,
  speed: async () => {
    for (const name of [
      "joins",
      "gemv",
      "gemm",
      "builds",
      "formats",
      "8b",
      "load-time",
      "smollm2",
      "helium2b",
      "batch",
      "serve",
    ])
      await runOne(name, []);
    execFileSync(process.execPath, [fileURLToPath(new URL("../scripts/tables/speed-table.ts", import.meta.url))]);
  },
};

const results = new URL("results/", import.meta.url);

function besideNaive(cases: () => Promise<Case[]>): Benchmark {
  return async (name) => {
    const machine = describeMachine();
    const rows: Row[] = [];
    for (const one of await cases()) {
      const row = await measure(one);
      rows.push(row);
      console.log(line(row));
    }
    mkdirSync(results, { recursive: true });
    const report = { benchmark: name, date: new Date().toISOString(), machine, rows };
    writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(report, null, 2)}\n`);
  };
}

const digits = (speed: number): string => (speed < 100 ? speed.toFixed(2) : speed.toFixed(0));

function line({ name, unit, ours, naive, ratio, also }: Row): string {
  const more = Object.entries(also ?? {}).map(([key, speed]) => `  ${digits(speed)} ${key}`);
  const speeds = `${digits(ours).padStart(8)} ${unit.padEnd(8)} naive ${digits(naive).padStart(6)}`;
  return `${name.padEnd(30)} ${speeds}  ${ratio.toFixed(1).padStart(6)}×${more.join("")}`;
}

async function runOne(name: string, args: readonly string[]): Promise<void> {
  console.log(`\n${name}`);
  try {
    await known[name]?.(name, args);
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    console.log(`skipped: ${error.message}`);
  }
}

const known = { ...benchmarks, ...commands };
const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith("--"));
const [asked, options] = firstOption < 0 ? [given, []] : [given.slice(0, firstOption), given.slice(firstOption)];
const names = asked.length > 0 ? asked : Object.keys(benchmarks);
const unknown = names.filter((name) => !Object.hasOwn(known, name));
if (unknown.length > 0) {
  console.error(`bench: unknown benchmark ${unknown.join(", ")}; known: ${Object.keys(known).join(", ")}`);
  process.exitCode = 2;
} else {
  const { cpu, cores, node, v8, commit, load } = describeMachine();
  console.log(`${cpu}, ${cores} cores, Node ${node} (V8 ${v8}), commit ${commit ?? "none"}`);
  if (load > cores / 2) console.log(`The machine is busy (load ${load}): the numbers will be low.`);
  for (const name of names) await runOne(name, options);
  // Some peers leave handles open.
  process.exit();
}
