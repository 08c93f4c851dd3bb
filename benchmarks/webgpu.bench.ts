import { fileURLToPath } from "node:url";
import { BrowserPage } from "../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../testing/browser/chromium.ts";
import { embedModel } from "../testing/browser/embed-model.ts";
import { chromiumVersion } from "./peers/browser/chromium-version.ts";
import { PeerMissing } from "./peers/player.ts";
import { conditions, printResults, saveReport, type Result } from "./report.ts";
import { summary, type Timed } from "./rounds.ts";
import type { PageGreedyTask } from "./webgpu/greedy-in-page.ts";
import type { MatmulAnswer, MatmulTask } from "./webgpu/matmul-in-page.ts";
import { findPeers, peerPackages } from "./webgpu/peer-packages.ts";
import type { ReplayTask } from "./webgpu/replay-in-page.ts";

const entry = fileURLToPath(new URL("webgpu/page.ts", import.meta.url));
const nano = fileURLToPath(new URL("../models/helium-nano", import.meta.url));

/** With them a page's clock has steps of 5 µs instead of 100. */
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const SIZE = 512;
const DISPATCHES = 300;
/** The prompt of the `gpujs` benchmark. Some tokens are read at once: over a hundred, it matters little where that falls. */
const TASK = { prompt: [1, 588, 1027, 271, 717, 265, 350, 1367], steps: 104 };
/** Steps that build kernels and warm up; they are not counted. */
const WARM_UP = 8;
/** Turns of every contender. */
const TURNS = 3;

const decoders = [
  { contender: "helium-lm", decoder: { backend: "webgpu" } },
  { contender: "helium-lm on gpujs", decoder: { backend: "gpujs" } },
  { contender: "helium-lm in q4_0", decoder: { backend: "webgpu", dtype: "q4_0" } },
] as const;

/**
 * The webgpu backend in a headless Chromium whose adapter is SwiftShader, whatever the machine has, beside all others on the same
 * adapter: the figures say nothing about graphics cards.
 */
export async function webGpuBenchmark(name: string): Promise<void> {
  if (findChromium() === null) throw new PeerMissing("chromium", needsChromium);
  const before = await conditions();
  const { versions, missing } = findPeers();
  const page = await BrowserPage.open(entry, isolated, [peerPackages]);
  try {
    const peers = Object.keys(versions) as MatmulTask["peers"];
    const { timed, adapter } = await page.run<MatmulAnswer>("matmul", { n: SIZE, peers } satisfies MatmulTask);
    const replays = await page.run<readonly Timed[]>("replay", { dispatches: DISPATCHES } satisfies ReplayTask);
    const results: Result[] = [
      ...timed.map((one) => ({ ...one, test: `f32 matmul ${SIZE}³, read back`, unit: "GFLOP/s" })),
      ...(await decodes(page)),
      ...replays.map((one) => inMilliseconds(`${DISPATCHES} small kernels`, one)),
    ];
    printResults(results, "helium-lm");
    saveReport(name, before, { versions: { ...versions, ...chromiumVersion(), adapter }, missing, results });
  } finally {
    await page.close();
  }
}

/** helium-nano's greedy decode by each, in turns. */
async function decodes(page: BrowserPage): Promise<Result[]> {
  const model = embedModel(nano);
  const runs = decoders.map((): number[] => []);
  for (let turn = 0; turn < TURNS; turn++)
    for (const [i, { decoder }] of decoders.entries()) {
      const seconds = await page.run<number[]>("greedy", { ...TASK, ...decoder, model } satisfies PageGreedyTask);
      runs[i]?.push((seconds.length - WARM_UP) / ((seconds.at(-1) ?? NaN) - (seconds[WARM_UP - 1] ?? NaN)));
    }
  return decoders.map(({ contender }, i) => {
    const speeds = runs[i] ?? [];
    return { test: "helium-nano decode", contender, unit: "tok/s", ...summary(speeds), runs: speeds };
  });
}

/** Speeds in runs per second as times. */
const inMilliseconds = (test: string, { contender, best, median, runs }: Timed): Result => ({
  ...{ test, contender, unit: "ms", best: 1000 / best, median: 1000 / median },
  runs: runs.map((speed) => 1000 / speed),
});
