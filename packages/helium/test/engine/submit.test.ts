import { describe, expect, test } from "vitest";
import { DisposedError } from "@helium-lm/tensor";
import {
  CancelledError,
  GenerationError,
  type EngineHandle,
  type EngineRequest,
  type EngineToken,
} from "@helium-lm/helium";
import { openFixtureModel } from "../helpers/generation-model.ts";

const opened = openFixtureModel("helium", "cpu", { max_position_embeddings: 512 });

const promptOf = (n: number): number[] =>
  Array.from({ length: 2 + ((n * 7) % 20) }, (_, t) => 1 + ((n * 31 + t * 13) % 90));

const requestOf = (n: number, more: Partial<EngineRequest> = {}): EngineRequest => ({
  generationConfig: {},
  inputIds: promptOf(n),
  maxNewTokens: 3 + (n % 6),
  ...(n % 3 === 1 && { doSample: true, topK: 20, seed: n }),
  ...more,
});

/** The new tokens of the same request by `generate`. */
async function idsAlone({ inputIds, ...request }: EngineRequest): Promise<number[]> {
  const { sequences } = await opened.model.generate({ ...request, inputIds: [inputIds as number[]] });
  return sequences[0]!.slice(inputIds.length);
}

async function firstToken(handle: EngineHandle | undefined): Promise<void> {
  expect(await handle?.[Symbol.asyncIterator]().next()).toMatchObject({ done: false });
}

describe("engine.submit", () => {
  test("ten at once: each handle gives the tokens of generate, one by one, then why it ended and what it cost", async () => {
    using engine = opened.model.engine({ maxTokens: 4096, budget: 32 });
    const handles = Array.from({ length: 10 }, (_, n) => engine.submit(requestOf(n)));
    for (const [n, handle] of handles.entries()) {
      const tokens: EngineToken[] = [];
      for await (const token of handle) tokens.push(token);
      const ids = await idsAlone(requestOf(n));
      expect(tokens).toEqual(ids.map((id, index) => ({ id, index })));
      const { stats, ...result } = await handle.result;
      expect(result).toEqual({ ids, finishReason: "maxLength", warnings: [] });
      const promptTokens = promptOf(n).length;
      expect(stats).toMatchObject({ promptTokens, newTokens: ids.length, reusedTokens: 0, preemptions: 0 });
      // The last token is told, but not read.
      expect(stats.computedTokens).toBe(promptTokens + ids.length - 1);
      expect(stats.firstTokenMs).toBeLessThanOrEqual(stats.totalMs);
      expect(handle.stats).toEqual(stats);
    }
    expect(engine.stats).toMatchObject({ running: 0, waiting: 0, pages: { held: 0 } });
    expect(engine.stats.passes).toBeLessThan(30);
  });

  test("a reader who comes late or is slow finds all tokens, from the first on, and holds nobody up", async () => {
    using engine = opened.model.engine();
    const slow = engine.submit(requestOf(5));
    const read: number[] = [];
    for await (const { id } of slow) {
      read.push(id);
      if (read.length > 1) continue;
      // While this loop stands, its own request and another one come to their ends.
      await engine.submit(requestOf(3)).result;
      expect(await slow.result).toMatchObject({ finishReason: "maxLength" });
    }
    expect(read).toEqual(await idsAlone(requestOf(5)));
    const again: number[] = [];
    for await (const { id } of slow) again.push(id);
    expect(again).toEqual(read);
  });

  test("cancel, an aborted signal and a loop that is left early end one request alone", async () => {
    using engine = opened.model.engine();
    const long = { maxNewTokens: 500, generationConfig: {}, inputIds: [1, 2, 3] };
    const controller = new AbortController();
    const [cancelled, withReason, aborted, left] = [
      engine.submit(long),
      engine.submit(long),
      engine.submit({ ...long, signal: controller.signal }),
      engine.submit(long),
    ];
    const good = engine.submit(requestOf(2));
    for await (const { index } of left) if (index === 1) break;
    cancelled.cancel();
    withReason.cancel(new RangeError("the client went away"));
    controller.abort(new Error("enough"));
    const error: unknown = await cancelled.result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ subject: "request", details: { newTokens: cancelled.stats.newTokens } });
    await expect(withReason.result).rejects.toThrow(new RangeError("the client went away"));
    await expect(aborted.result).rejects.toThrow("enough");
    await expect(left.result).rejects.toThrow(/was cancelled after [2-9] tokens/);
    // A loop that begins afterwards has the tokens, and then the reason.
    const tokens: EngineToken[] = [];
    const reading = (async () => {
      for await (const token of withReason) tokens.push(token);
    })();
    await expect(reading).rejects.toThrow("the client went away");
    expect(tokens).toHaveLength(withReason.stats.newTokens);
    expect((await good.result).ids).toEqual(await idsAlone(requestOf(2)));
    cancelled.cancel();
    good.cancel();
    expect(engine.stats.pages.held).toBe(0);
  });

  test("engine.cancel ends all of them, and the engine goes on", async () => {
    using engine = opened.model.engine({ maxTokens: 128 });
    // The second one waits for room.
    const handles = [1, 2, 3].map(() =>
      engine.submit({ generationConfig: {}, inputIds: promptOf(2), maxNewTokens: 100 }),
    );
    await firstToken(handles[0]);
    engine.cancel(new Error("shutting down"));
    for (const { result } of handles) await expect(result).rejects.toThrow("shutting down");
    expect((await engine.submit(requestOf(2)).result).ids).toEqual(await idsAlone(requestOf(2)));
  });

  test("one that can never fit, in the pool or in the context, is refused with the numbers", async () => {
    using engine = opened.model.engine({ maxTokens: 100 });
    const inputIds = new Array<number>(30).fill(5);
    const ask = (maxNewTokens: number): Promise<unknown> =>
      engine.submit({ generationConfig: {}, inputIds, maxNewTokens }).result;
    // 100 tokens are one page of 64.
    await expect(ask(36)).rejects.toThrow(/rows of up to 66 tokens need room for 65, 2 pages of 64, the engine has 1/);
    expect(await ask(35)).toMatchObject({ finishReason: "maxLength" });
    const { maxPositionEmbeddings } = opened.model.config;
    const most = maxPositionEmbeddings - 30;
    const error: unknown = await ask(most + 1).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GenerationError);
    expect(error).toMatchObject({
      subject: "maxLength",
      details: { given: maxPositionEmbeddings + 1, promptLength: 30, expected: maxPositionEmbeddings },
    });
    expect(engine.stats).toMatchObject({ passes: expect.any(Number) as number, pages: { held: 0 } });
  });

  test("bad requests are told by their handles, whatever they hold", async () => {
    using engine = opened.model.engine();
    const bad: readonly (readonly [unknown, RegExp])[] = [
      [{ inputIds: [] }, /^inputIds: the prompt is empty/],
      [{ inputIds: [1, 5_000_000] }, /^inputIds: token 5000000 at row 0, position 1 is outside/],
      [{ inputIds: [[1], [2]] }, /^inputIds: gives 2 rows, but a request is one text/],
      [{ inputIds: "text" }, /^inputIds: is "text"; expected/],
      [{ inputIds: [1], numReturnSequences: 2, doSample: true }, /^numReturnSequences: gives 2 rows/],
      [{ inputIds: [1], numBeams: 2 }, /^numBeams: is 2, but beams cannot be streamed/],
      [{ inputIds: [1], maxNewToken: 2 }, /^maxNewToken: is not an option of generate/],
      [{ inputIds: [1], cacheSalt: 5 }, /^cacheSalt: is 5; expected a string/],
      [null, /^request: is null; expected an object/],
    ];
    for (const [request, message] of bad)
      await expect(engine.submit(request as EngineRequest).result).rejects.toThrow(message);
    expect(engine.stats.passes).toBe(0);
  });

  test("one whose processor throws ends alone; one that waits for a slow processor delays nobody", async () => {
    using engine = opened.model.engine();
    const failing = { name: "failing", process: () => Promise.reject(new RangeError("no")) };
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const waiting = { name: "waiting", process: () => gate };
    const bad = engine.submit(requestOf(0, { logitsProcessors: [failing] }));
    const slow = engine.submit(requestOf(2, { logitsProcessors: [waiting] }));
    const good = engine.submit(requestOf(1));
    await expect(bad.result).rejects.toThrow(new RangeError("no"));
    expect((await good.result).ids).toEqual(await idsAlone(requestOf(1)));
    expect(slow.stats.newTokens).toBe(0);
    release();
    expect((await slow.result).ids).toEqual(await idsAlone(requestOf(2)));
  });

  test("a stored start is reused under its own salt only", async () => {
    using engine = opened.model.engine({ maxTokens: 1024 });
    const inputIds = Array.from({ length: 130 }, (_, t) => 1 + ((t * 13) % 90));
    const reused = async (cacheSalt?: string): Promise<number> => {
      const request = {
        generationConfig: {},
        inputIds,
        maxNewTokens: 2,
        ...(cacheSalt !== undefined && { cacheSalt }),
      };
      return (await engine.submit(request).result).stats.reusedTokens;
    };
    expect([await reused("a"), await reused("a"), await reused("b"), await reused(), await reused("b")]).toEqual([
      0, 128, 0, 0, 128,
    ]);
  });

  test("a preempted request says so, and counts what was computed again", async () => {
    using engine = opened.model.engine({ maxTokens: 192, keepPrefixes: false });
    const handles = [0, 1, 2].map((n) =>
      engine.submit({ generationConfig: {}, inputIds: new Array<number>(58).fill(n + 1), maxNewTokens: 14 }),
    );
    const results = await Promise.all(handles.map(({ result }) => result));
    const preempted = results.filter(({ stats }) => stats.preemptions > 0);
    expect(preempted.length).toBeGreaterThan(0);
    for (const { ids, stats } of preempted)
      expect(stats.computedTokens).toBeGreaterThan(stats.promptTokens + ids.length - 1);
    const total = results.reduce((sum, { stats }) => sum + stats.computedTokens, 0);
    expect(total).toBe(engine.stats.computedTokens);
  });

  test("dispose ends all requests with a typed error, and no new one is taken", async () => {
    const engine = opened.model.engine({ maxTokens: 128 });
    const handles = [0, 1, 2].map((n) => engine.submit(requestOf(n, { maxNewTokens: 90 })));
    await firstToken(handles[0]);
    engine.dispose();
    for (const { result } of handles) await expect(result).rejects.toThrow(DisposedError);
    expect(() => engine.submit(requestOf(0))).toThrow(DisposedError);
    expect(opened.backend.memory().handles).toBe(opened.weightHandles);
  });
});
