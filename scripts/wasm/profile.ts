/**
 * `node scripts/wasm/profile.ts FILE.gguf [--threads 2] [--context 128] [--steps 32] [--prompt 256] [--kv f16]
 * [--codegen wide] [--batch 4,16,32]`: where the time of a decoded token, of a prompt, and of a pass over as many sequences
 * goes, kernel by kernel as the calling thread sees it; the rest is the JavaScript between kernels. For texts of an engine it
 * is that of scheduling, of delivering logits and of choosing tokens too.
 */
import { parseArgs } from "node:util";
import type { Executor } from "../../packages/tensor/src/backends/wasm/threads/executor.ts";
import { kernelNames, type KernelName } from "../../packages/tensor/src/backends/wasm/kernel-names.ts";
import type { Program } from "../../packages/tensor/src/backends/wasm/recording/program.ts";
import type { KvDType } from "../../packages/nn/src/index.ts";
import "../workspace-sources.ts";

const { AutoModelForCausalLM } = await import("@helium-lm/helium");
const { isKvDType, KvSequence } = await import("@helium-lm/nn");
const { WasmBackend } = await import("../../packages/tensor/src/backends/wasm/backend.ts");
const { KernelContext } = await import("../../packages/tensor/src/backends/wasm/kernel-context.ts");
const { compileKernels } = await import("../../packages/tensor/src/backends/wasm/module.ts");
const { createInstance } = await import("../../packages/tensor/src/backends/wasm/instance.ts");
const { detectFeatures } = await import("../../packages/tensor/src/backends/wasm/features.ts");
const { PassInputs } = await import("../../packages/helium/src/engine/pass-inputs.ts");
const { modelRunner } = await import("../../benchmarks/peers/ours/model-runner.ts");
const { promptToken } = await import("../../benchmarks/peers/player.ts");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "2" },
    context: { type: "string", default: "128" },
    steps: { type: "string", default: "32" },
    prompt: { type: "string", default: "256" },
    kv: { type: "string", default: "f16" },
    codegen: { type: "string", default: "plain" },
    batch: { type: "string", default: "" },
  },
});
const [path] = positionals;
const { kv } = values;
if (path === undefined || !isKvDType(kv)) {
  console.error("profile: name a GGUF file, and f32, f16, bf16 or q8_0 for --kv");
  process.exit(2);
}
const [threads, context, steps, prompt] = [values.threads, values.context, values.steps, values.prompt].map(Number) as [
  number,
  number,
  number,
  number,
];

/** Times each command of an executor by its kernel. */
class TimedExecutor implements Executor {
  readonly #inner: Executor;
  readonly threads: number;
  readonly spent = new Map<KernelName, { calls: number; milliseconds: number }>();

  constructor(inner: Executor) {
    this.#inner = inner;
    this.threads = inner.threads;
  }

  get kernelMs(): number {
    return this.#inner.kernelMs;
  }

  run(kernel: KernelName, units: number, grain: number): void {
    this.#time(kernel, () => this.#inner.run(kernel, units, grain));
  }

  /** Command by command, so that each is timed. */
  replay(program: Program, begin = 0, end = program.length): void {
    for (let i = begin; i < end; i++)
      this.#time(kernelNames[program.kernels[i] ?? 0] as KernelName, () => this.#inner.replay(program, i, i + 1));
  }

  #time(kernel: KernelName, run: () => void): void {
    const start = performance.now();
    run();
    const milliseconds = performance.now() - start;
    const entry = this.spent.get(kernel) ?? { calls: 0, milliseconds: 0 };
    entry.calls++;
    entry.milliseconds += milliseconds;
    this.spent.set(kernel, entry);
  }

  attach(memory: WebAssembly.Memory, scratch: readonly number[]): Executor {
    return this.#inner.attach(memory, scratch);
  }

  dispose(): void {
    this.#inner.dispose();
  }
}

const build = (await detectFeatures()).relaxedSimd ? "relaxed" : "plain";
const codegen = values.codegen === "wide" ? "wide" : "plain";
const module = await compileKernels({ build, codegen, shared: threads > 1 });
const { arena, executor } = await createInstance(module, threads, 2 ** 32);
const timed = new TimedExecutor(executor);
const backend = new WasmBackend(new KernelContext(arena, timed, build, codegen), timed, build, 2 ** 32, {
  backend: "wasm",
});
const model = await AutoModelForCausalLM.fromPretrained(path, { backend });
const { prefill, decode } = modelRunner(model, model.config.vocabSize, { kvDType: kv });
await decode(context, 4);
report(`decode at ${context} tokens, per token`, steps, await measured(() => decode(context, steps)));
report(`prefill of ${prompt} tokens`, 1, await measured(() => prefill(prompt)));
for (const rows of values.batch.split(",").filter(Boolean).map(Number)) {
  await decodeTogether(rows, 2);
  report(
    `passes of ${rows} sequences at ${context} tokens, per pass`,
    steps,
    await measured(() => decodeTogether(rows, steps)),
  );
  await generateTogether(rows, 2);
  const total = await measured(() => generateTogether(rows, steps));
  report(`${rows} texts of an engine at ${context} tokens, per pass`, steps, total);
}
process.exit();

/** Passes of `rows` sequences that go on by a token each, the keys and values before them being zeros. */
async function decodeTogether(rows: number, count: number): Promise<number> {
  using pool = model.createPool({ dtype: kv as KvDType });
  const sequences = Array.from({ length: rows }, () => new KvSequence(pool));
  for (const sequence of sequences) sequence.append(context);
  const inputs = new PassInputs(backend, true);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const steps = sequences.map((sequence, r) => {
      const step = {
        sequence,
        ids: [promptToken(i + r, model.config.vocabSize)],
        positions: [sequence.length],
        outputs: 1,
      };
      sequence.append(1);
      return step;
    });
    model.pass(inputs.fill(steps))?.dispose();
  }
  const seconds = (performance.now() - start) / 1000;
  inputs.dispose();
  return seconds;
}

/** As many texts of different lengths around `context`, from the moment that all are read. They begin alike, so that this is soon. */
async function generateTogether(rows: number, count: number): Promise<number> {
  using engine = model.engine({ kvDType: kv as KvDType, budget: 512 });
  const prompt = Array.from({ length: 2 * context }, (_, i) => promptToken(i, model.config.vocabSize));
  await model.generate({ generationConfig: {}, inputIds: [prompt], maxNewTokens: 1, engine });
  let start = 0;
  let read = 0;
  await Promise.all(
    Array.from({ length: rows }, async (_, r) => {
      const inputIds = [prompt.slice(0, Math.max(1, Math.round((context * (rows + 2 * r)) / (2 * rows))))];
      const given = { generationConfig: {}, inputIds, maxNewTokens: count + 1, engine };
      for await (const _ of model.stream(given)) {
        if (start === 0 && ++read === rows) {
          timed.spent.clear();
          start = performance.now();
        }
      }
    }),
  );
  return (performance.now() - start) / 1000;
}

async function measured(run: () => Promise<number>): Promise<number> {
  timed.spent.clear();
  return (await run()) * 1000;
}

function report(title: string, count: number, total: number): void {
  const rows = [...timed.spent].sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
  const inKernels = rows.reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0);
  const line = (name: string, calls: string, milliseconds: number): void => {
    const share = `${((100 * milliseconds) / total).toFixed(1)} %`;
    console.log(
      `  ${name.padEnd(18)} ${calls.padStart(7)} ${(milliseconds / count).toFixed(3).padStart(10)} ms ${share.padStart(7)}`,
    );
  };
  console.log(
    `${title}: ${(total / count).toFixed(2)} ms, ${threads} threads, ${build} build, ${codegen} code, kv ${kv}`,
  );
  for (const [kernel, { calls, milliseconds }] of rows) line(kernel, (calls / count).toFixed(1), milliseconds);
  line("JavaScript", "", total - inKernels);
}
