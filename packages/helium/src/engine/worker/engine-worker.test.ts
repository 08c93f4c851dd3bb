import { expect, test } from "vitest";
import { DisposedError } from "@helium-lm/tensor";
import { CancelledError, EngineWorkerError } from "../../errors.ts";
import { noStats } from "../engine-handle.ts";
import { EngineWorker, type WorkerStarter } from "./engine-worker.ts";
import type { FromWorker, Message, ToWorker } from "./protocol.ts";
import { toWire } from "./wire-error.ts";

const model = { modelType: "helium", vocabSize: 100, maxPositionEmbeddings: 64, backend: "cpu" };

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
  say({ kind: "token", id: 0, token: { id: 7, index: 0 }, stats });
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
