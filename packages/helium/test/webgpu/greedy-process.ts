// Generates greedily on wasm and on webgpu, in a process of its own: the driver is found by variables of the environment.
import { createBackend, type Backend } from "@helium-lm/tensor";
import { loadModel } from "@helium-lm/helium";
import type { GreedyJob, GreedyPair, GreedyTokens } from "./greedy-messages.ts";

const prompt = [1, 5, 17, 44, 8, 23, 9, 31];
const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];
const wasm = await createBackend("wasm", { threads: 1 });
const webgpu = await createBackend("webgpu", { dawnFlags });

type Counted = keyof GreedyTokens["perToken"];

function countsOf(backend: Backend): Record<Counted, number> {
  const { submits = 0, reads = 0, replays = 0, dispatches = 0, bytesRead = 0, bytesWritten = 0 } = backend.info();
  const bytes = Number(bytesRead) + Number(bytesWritten);
  return {
    ...{ submits: Number(submits), reads: Number(reads), replays: Number(replays) },
    ...{ dispatches: Number(dispatches), bytes },
  };
}

const compiledInPlace = (backend: Backend): number => Number(backend.info()["compiledInPlace"] ?? 0);

async function generate(backend: Backend, { folder, dtype, tokens, lookahead }: GreedyJob): Promise<GreedyTokens> {
  const before = compiledInPlace(backend);
  const model = await loadModel("causal-lm", folder, { backend, ...(dtype && { dtype }) });
  const engine = model.engine({ lookahead, keepPrefixes: false });
  const run = async (count: number): Promise<readonly number[]> =>
    (await model.generate({ inputIds: [prompt], maxNewTokens: count, doSample: false, engine })).sequences[0] ?? [];
  const first = await run(tokens);
  // The prompt's pass and the tokens' are recorded when they run for the third time; by then, what a longer run takes beyond a
  // shorter one is what tokens take.
  await run(tokens);
  await run(tokens);
  const started = countsOf(backend);
  const again = await run(tokens);
  const short = countsOf(backend);
  await run(2 * tokens);
  const long = countsOf(backend);
  const beyond = (name: Counted): number => (long[name] - short[name] - (short[name] - started[name])) / tokens;
  engine.dispose();
  model.dispose();
  return {
    compiledInPlace: compiledInPlace(backend) - before,
    ...{ first, again, handles: backend.memory().handles },
    perToken: {
      ...{ submits: beyond("submits"), reads: beyond("reads"), replays: beyond("replays") },
      ...{ dispatches: beyond("dispatches"), bytes: beyond("bytes") },
    },
  };
}

process.on("message", (job: GreedyJob) => {
  void (async (): Promise<GreedyPair | { readonly error: string }> => {
    const { maxStorageBytes } = job;
    const limited =
      maxStorageBytes === undefined ? null : await createBackend("webgpu", { dawnFlags, maxStorageBytes });
    const pair = { wasm: await generate(wasm, job), webgpu: await generate(limited ?? webgpu, job) };
    limited?.dispose();
    return pair;
  })()
    .catch((error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
    .then((answer) => process.send?.(answer));
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
