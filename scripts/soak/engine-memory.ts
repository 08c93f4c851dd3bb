/**
 * `npm run soak -- engine-memory [--requests 10000] [--record]`: many short requests of a tiny model through one engine;
 * memory of the process and pages must stay flat. `--record` writes docs/engine-memory-soak.json.
 *
 * scripts/soak.mjs fixes the size of V8's young generation: V8 doubles it by a policy of its own, up to 128 MiB here, at
 * some random moment of a run, and that growth (212 to 265 MiB in 10,000 requests) is no leak.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { embedModel } from "../../testing/browser/embed-model.ts";
import { embeddedFiles } from "../../testing/browser/embedded-files.ts";
import { fixturePath } from "../../testing/fixtures.ts";
import "../workspace-sources.ts";

const { createBackend, Rng } = await import("../../packages/tensor/src/index.ts");
const { AutoModelForCausalLM, filesSource } = await import("../../packages/helium/src/index.ts");

const { values } = parseArgs({
  options: { requests: { type: "string", default: "10000" }, record: { type: "boolean", default: false } },
});
const total = Number(values.requests);
const AT_ONCE = 16;
const MAX_TOKENS = 8192;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const mib = (bytes: number): number => Math.round(bytes / 2 ** 16) / 16;

const backend = await createBackend("wasm", { threads: 1 });
const tiny = embedModel(fixturePath("models/helium/causal"));
const config = JSON.parse(tiny.texts["config.json"] ?? "") as object;
const longer = new Blob([JSON.stringify({ ...config, max_position_embeddings: 512 })]);
const source = filesSource({ ...embeddedFiles(tiny), "config.json": longer });
const model = await AutoModelForCausalLM.fromPretrained(source, { backend });
const engine = model.engine({ maxTokens: MAX_TOKENS });
const rng = new Rng(20261129);
const random = (below: number): number => Math.floor(rng.uniform() * below);
const shared = Array.from({ length: 96 }, () => 4 + random(80));

const samples: object[] = [];
const rss: number[] = [];
const sample = (done: number): void => {
  gc();
  const { rss: resident, heapUsed } = process.memoryUsage();
  const { pages } = engine.stats;
  const { handles, bytes } = backend.memory();
  rss.push(mib(resident));
  samples.push({
    requests: done,
    rssMiB: mib(resident),
    heapMiB: mib(heapUsed),
    youngMiB: mib(getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size ?? 0),
    handles,
    backendMiB: mib(bytes),
    ...pages,
  });
  console.log(JSON.stringify(samples.at(-1)));
};

let submitted = 0;
let done = 0;
let newTokens = 0;
const outcomes = { ended: 0, cancelled: 0 };
const started = performance.now();

/** One client after another, until all requests are made. */
async function client(): Promise<void> {
  while (submitted < total) {
    const n = submitted++;
    const own = Array.from({ length: 4 + random(28) }, () => 4 + random(80));
    const inputIds = n % 4 === 0 ? [...shared, ...own] : own;
    const handle = engine.submit({ inputIds, maxNewTokens: 1 + random(6), doSample: n % 2 === 1, seed: n });
    if (n % 50 === 7) handle.cancel();
    await handle.result.then(
      ({ ids }) => {
        outcomes.ended++;
        newTokens += ids.length;
      },
      () => outcomes.cancelled++,
    );
    if (++done % (total / 20) === 0) sample(done);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, client));

const { passes, computedTokens, reusedTokens, preemptions, pages, replay } = engine.stats;
// What is warm after a fifth of the requests is to be enough for the others.
const warm = Math.max(...rss.slice(0, 4));
const most = Math.max(...rss.slice(4));
const isFlat = most <= warm * 1.05 && pages.held === 0;
const report = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  model: "the tiny helium of the fixtures, wasm, one thread",
  nodeOptions: process.execArgv,
  ...{ requests: total, atOnce: AT_ONCE, maxTokens: MAX_TOKENS, ...outcomes, newTokens },
  ...{ passes, replayed: replay.replayed, computedTokens, reusedTokens, preemptions },
  seconds: Math.round((performance.now() - started) / 1000),
  ...{ warmRssMiB: warm, mostRssMiB: most, isFlat },
  samples,
};
console.log(JSON.stringify({ ...report, samples: undefined }, null, 2));
if (values.record)
  writeFileSync(new URL("../../docs/engine-memory-soak.json", import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
engine.dispose();
model.dispose();
backend.dispose();
if (!isFlat) process.exitCode = 1;
