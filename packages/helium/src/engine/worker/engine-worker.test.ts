import { expect, test } from "vitest";
import { DisposedError } from "@helium-lm/tensor";
import { CancelledError, EngineWorkerError, HeadError } from "../../errors.ts";
import { noStats } from "../engine-handle.ts";
import type { WorkerModel } from "../inference/inference-engine.ts";
import { EngineWorker, type WorkerStarter } from "./engine-worker.ts";
import type { FromWorker, Message, ToWorker } from "./protocol.ts";
import { toWire } from "./wire-error.ts";

const model: WorkerModel = {
  ...{ modelType: "helium", head: "causal-lm", id2label: null, backend: "cpu" },
  ...{ vocabSize: 100, maxPositionEmbeddings: 64, hiddenSize: 8, eosTokenIds: [2], generationConfig: {} },
};

/** A worker that does what the test says; it opens at once. */
async function openFake(): Promise<{
  readonly worker: EngineWorker;
  readonly asked: Message<ToWorker>[];
  readonly say: (message: Message<FromWorker>) => void;
  readonly die: (reason: string) => void;
  readonly state: { alive: boolean; terminated: number };
}> {
  const asked: Message<ToWorker>[] = [];
  const state = { alive: false, terminated: 0 };
  let say: (message: Message<FromWorker>) => void = () => undefined;
  let die: (reason: string) => void = () => undefined;
  const start: WorkerStarter = async (onMessage, onDeath) => {
    [say, die] = [onMessage, onDeath];
    return {
      post: (message) => {
        asked.push(structuredClone(message));
        if (message.kind === "open") queueMicrotask(() => say({ kind: "opened", model }));
      },
      keepsAlive: (wanted) => void (state.alive = wanted),
      terminate: () => void state.terminated++,
    };
  };
  const worker = await EngineWorker.open(start, "somewhere", { backend: "cpu", engine: { maxTokens: 128 } });
  return { worker, asked, say: (message) => say(message), die: (reason) => die(reason), state };
}

test("the process waits for requests and questions, not for an idle worker", async () => {
  const { worker, asked, say, state } = await openFake();
  expect(asked).toEqual([
    { kind: "open", location: "somewhere", load: { backend: "cpu" }, engine: { maxTokens: 128 } },
  ]);
  expect([worker.model, state.alive]).toEqual([model, false]);
  const handle = worker.submit({ inputIds: [1, 2], maxNewTokens: 3 });
  expect(state.alive).toBe(true);
  expect(asked.at(-1)).toEqual({ kind: "submit", id: 0, request: { inputIds: [1, 2], maxNewTokens: 3 } });
  const stats = { ...noStats, newTokens: 1 };
  say({ kind: "tokens", tokens: [{ id: 0, token: { id: 7, index: 0 }, stats }] });
  expect(handle.stats).toEqual(stats);
  const result = { ids: [7], finishReason: "eosTokenId", stats, warnings: [] };
  say({ kind: "ended", id: 0, result });
  expect(await handle.result).toEqual(result);
  expect(state.alive).toBe(false);
});

test("a cancelled request rejects with the caller's own reason, one that failed meanwhile with its error", async () => {
  const { worker, asked, say } = await openFake();
  const [cancelled, failed] = [worker.submit({ inputIds: [1] }), worker.submit({ inputIds: [2] })];
  const reason = { why: "an object that is no error" };
  for (const handle of [cancelled, failed]) handle.cancel(reason);
  cancelled.cancel("a second time");
  expect(asked.slice(-2)).toEqual([
    { kind: "cancel", id: 0 },
    { kind: "cancel", id: 1 },
  ]);
  say({ kind: "failed", id: 0, error: toWire(new CancelledError("request", "was cancelled")) });
  say({ kind: "failed", id: 1, error: toWire(new RangeError("no")) });
  await expect(cancelled.result).rejects.toBe(reason);
  await expect(failed.result).rejects.toEqual(new RangeError("no"));
});

test("a call is answered by its number; aborted, it rejects with the caller's own reason once the worker says so", async () => {
  const { worker, asked, say, state } = await openFake();
  const controller = new AbortController();
  const given = worker.embed({ inputIds: [1, 2], pooling: "last" });
  const aborted = worker.classify({ inputIds: [1], signal: controller.signal });
  const failed = worker.tag({ inputIds: [2] });
  expect(asked.slice(-3)).toEqual([
    { kind: "call", id: 0, call: { name: "embed", request: { inputIds: [1, 2], pooling: "last" } } },
    { kind: "call", id: 1, call: { name: "classify", request: { inputIds: [1] } } },
    { kind: "call", id: 2, call: { name: "tag", request: { inputIds: [2] } } },
  ]);
  expect(state.alive).toBe(true);
  const reason = { why: "an object that is no error" };
  controller.abort(reason);
  expect(asked.at(-1)).toEqual({ kind: "cancel", id: 1 });
  say({ kind: "failed", id: 1, error: toWire(new CancelledError("request", "was cancelled")) });
  say({ kind: "failed", id: 2, error: toWire(new HeadError("tag", "causal-lm", "token-classification")) });
  say({ kind: "answer", id: 0, answer: Float32Array.of(1, 2) });
  expect(await given).toEqual(Float32Array.of(1, 2));
  await expect(aborted).rejects.toBe(reason);
  const error: unknown = await failed.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HeadError);
  expect(error).toMatchObject({ head: "causal-lm", expected: ["token-classification"] });
  expect(state.alive).toBe(false);
  await expect(worker.tag({ inputIds: [1], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(asked.at(-1)).toEqual({ kind: "cancel", id: 1 });
});

test("a worker that ends by itself ends all that it was asked, with the reason", async () => {
  const { worker, die, state } = await openFake();
  const { result } = worker.submit({ inputIds: [1] });
  const stats = worker.stats();
  die("exit code 134");
  for (const attempt of [result, stats]) {
    const error: unknown = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineWorkerError);
    expect(error).toMatchObject({ details: { reason: "exit code 134" } });
  }
  expect(() => worker.submit({ inputIds: [1] })).toThrow(
    /^EngineWorker: the worker stopped unexpectedly \(exit code 134\)/,
  );
  await expect(worker.stats()).rejects.toThrow(EngineWorkerError);
  worker.dispose();
  expect(state.terminated).toBe(1);
});

test("one that is disposed takes nothing more", async () => {
  const { worker } = await openFake();
  const { result } = worker.submit({ inputIds: [1] });
  worker.dispose();
  await expect(result).rejects.toThrow(DisposedError);
  expect(() => worker.submit({ inputIds: [1] })).toThrow(DisposedError);
});
