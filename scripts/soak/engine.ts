/**
 * `npm run soak -- engine [--schedules 2000] [--seed 1] [--record]`: random schedules of requests that share an engine, on every
 * backend. What a request gets must be the bits of the request alone: tokens and logits, whoever comes, goes, fails or is
 * stopped beside it, whatever the budget, the room, stored starts, replay and speculation. `--record` writes docs/engine-soak.json.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fixturePath } from "../../testing/fixtures.ts";
import "../workspace-sources.ts";

const { createBackend, Rng } = await import("../../packages/tensor/src/index.ts");
const { createWasmBackend } = await import("../../packages/tensor/src/backends/wasm/index.ts");
const { AutoModelForCausalLM } = await import("../../packages/helium/src/index.ts");

type Model = Awaited<ReturnType<typeof AutoModelForCausalLM.fromPretrained>>;
type Options = NonNullable<Parameters<Model["generate"]>[0]>;

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});
const total = Number(values.schedules);

/** Backends, and the share of the schedules that each gets. */
const subjects = [
  { name: "cpu", share: 0.17, open: () => createBackend("cpu") },
  { name: "wasm, 1 thread", share: 0.4, open: () => createWasmBackend({ threads: 1 }) },
  { name: "wasm, 2 threads", share: 0.4, open: () => createWasmBackend({ threads: 2 }) },
  { name: "reference", share: 0.03, open: () => createBackend("reference") },
];

/** Different requests; schedules draw from these. */
const REQUESTS = 48;
/** A start of which every third prompt has a page and more, and every other third some part, so that pages are shared in part. */
const shared = Array.from({ length: 70 }, (_, t) => 1 + ((t * 17) % 90));

function requestOf(n: number): Options {
  const own = Array.from({ length: 2 + ((n * 7) % 23) }, (_, t) => 1 + ((n * 31 + t * 13) % 90));
  return {
    generationConfig: {},
    inputIds: [[...shared.slice(0, [shared.length, (n * 13) % shared.length, 0][n % 3]), ...own]],
    eosTokenId: [],
    maxNewTokens: 1 + (n % 9),
    // Without them a greedy token is chosen inside the recorded pass.
    outputLogits: n % 5 < 3,
    ...(n % 4 === 1 && { doSample: true, topK: 20, topP: 0.9, seed: n }),
    ...(n % 7 === 5 && { numBeams: 2 }),
  };
}

interface Text {
  readonly sequences: readonly (readonly number[])[];
  readonly logits: unknown;
}

/** The bits of an answer. */
function bitsOf({ sequences, logits }: Text): string {
  const words = JSON.stringify(logits, (_, value: unknown) =>
    value instanceof Float32Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
      : value,
  );
  return `${JSON.stringify(sequences)} ${words}`;
}

const failing = { name: "failing", process: () => Promise.reject(new RangeError("no")) };

interface Count {
  schedules: number;
  requests: number;
  failed: number;
  stopped: number;
  passes: number;
  replayed: number;
  reusedTokens: number;
  preemptions: number;
}

async function soak(name: string, model: Model, schedules: number, seed: number): Promise<Count> {
  const rng = new Rng(seed);
  const random = (below: number): number => Math.floor(rng.uniform() * below);
  const count: Count = {
    ...{ schedules, requests: 0, failed: 0, stopped: 0, passes: 0, replayed: 0, reusedTokens: 0, preemptions: 0 },
  };
  const alone = new Map<number, string>();
  const expected = async (n: number): Promise<string> => {
    const known = alone.get(n) ?? bitsOf(await model.generate(requestOf(n)));
    alone.set(n, known);
    return known;
  };
  for (let schedule = 0; schedule < schedules; schedule++) {
    const isSalted = random(3) === 0;
    using engine = model.engine({
      maxTokens: 64 * (4 + random(4)),
      budget: 1 + random(60),
      keepPrefixes: random(3) > 0,
      replay: ([true, "checked", false] as const)[random(3)] ?? true,
    });
    const calls = Array.from({ length: 1 + random(8) }, (_, i) => ({
      n: random(REQUESTS),
      late: random(5),
      fate: (["ends", "ends", "ends", "fails", "is stopped"] as const)[random(5)],
      salt: isSalted ? `${schedule} ${i}` : "",
    }));
    const where = `${name}, seed ${seed}, schedule ${schedule}`;
    await Promise.all(
      calls.map(async ({ n, late, fate, salt }) => {
        for (let turn = 0; turn < late; turn++) await new Promise((resolve) => setImmediate(resolve));
        count.requests++;
        const request = requestOf(n);
        const isGreedy = !request.doSample && !request.numBeams;
        const stop = new AbortController();
        if (fate === "is stopped") setImmediate(() => stop.abort(new Error("enough")));
        const answer = await model
          .generate({
            ...request,
            engine,
            cacheSalt: salt,
            signal: stop.signal,
            ...(isGreedy && n % 2 === 0 && { promptLookupNumTokens: 3 }),
            ...(fate === "fails" && { logitsProcessors: [failing] }),
          })
          .catch((error: unknown) => error);
        if (fate === "fails" && answer instanceof RangeError && answer.message === "no") count.failed++;
        else if (fate === "is stopped" && answer instanceof Error && answer.message === "enough") count.stopped++;
        else if (answer instanceof Error) throw new Error(`${where}: request ${n} failed`, { cause: answer });
        else if (fate === "fails" || bitsOf(answer as Text) !== (await expected(n)))
          throw new Error(`${where}: request ${n} is not what it is alone`);
      }),
    );
    const { passes, replay, reusedTokens, preemptions, pages, running, waiting } = engine.stats;
    if (pages.held !== 0 || running !== 0 || waiting !== 0)
      throw new Error(`${where}: ${JSON.stringify({ ...pages, running, waiting })} is left`);
    if (isSalted && reusedTokens !== 0 && preemptions === 0)
      throw new Error(`${where}: ${reusedTokens} tokens were reused under another salt`);
    count.passes += passes;
    count.replayed += replay.replayed;
    count.reusedTokens += reusedTokens;
    count.preemptions += preemptions;
  }
  return count;
}

const results: Record<string, Count & { readonly seconds: number }> = {};
for (const { name, share, open } of subjects) {
  const started = performance.now();
  const backend = await open();
  const model = await AutoModelForCausalLM.fromPretrained(fixturePath("models/helium/causal"), { backend });
  const before = backend.memory().handles;
  const count = await soak(name, model, Math.round(total * share), Number(values.seed));
  // What the model's own engine keeps for the next call.
  model.ownEngine.freeUnused();
  const { handles } = backend.memory();
  if (handles !== before) throw new Error(`${name}: ${handles - before} tensors are left`);
  results[name] = { ...count, seconds: Math.round((performance.now() - started) / 1000) };
  console.log(name, JSON.stringify(results[name]));
  model.dispose();
  backend.dispose();
}
if (values.record) {
  const report = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    seed: Number(values.seed),
    results,
  };
  writeFileSync(new URL("../../docs/engine-soak.json", import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
}
