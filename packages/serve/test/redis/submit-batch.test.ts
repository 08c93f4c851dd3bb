import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lacksRedis, needsRedis, RedisServer } from "../../../../testing/redis/redis-server.ts";
import type { BatchOutcome } from "../../src/batches/run-line.ts";
import { BatchWorker, redisAddress, RedisConnection, submitBatch, type ModelLine } from "../../src/redis/index.ts";
import { internalsOf } from "../../src/redis/redis-connection.ts";
import { WorkerProcess } from "./worker-process.ts";

const folder = mkdtempSync(join(tmpdir(), "helium-batch-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** On a machine that may be busy. */
const eventually = <T>(value: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(value, { interval: 20 });

const linesFor = (model: string, count: number): ModelLine[] =>
  Array.from({ length: count }, (_, at) => ({
    model,
    line: { custom_id: `line:${at}`, method: "POST", url: "/v1/completions", body: { model, prompt: `text ${at}` } },
  }));

const textOf = ({ response }: BatchOutcome): unknown =>
  (response?.body as { readonly text?: unknown } | undefined)?.text;

/** The answers that `keep` was given, by custom_id, and whatever came twice. */
class Kept {
  readonly answers = new Map<string, BatchOutcome>();
  readonly twice: string[] = [];
  readonly keep = (outcomes: readonly BatchOutcome[]): void => {
    for (const outcome of outcomes) {
      if (this.answers.has(outcome.custom_id)) this.twice.push(outcome.custom_id);
      this.answers.set(outcome.custom_id, outcome);
    }
  };
}

describe.skipIf(lacksRedis)(`lines of a batch through Redis (${needsRedis})`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start({ password: "a b:c/d" });
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  const open = async (notices: string[] = []): Promise<RedisConnection> =>
    RedisConnection.open(redisAddress(redis.url), { onNotice: (notice) => notices.push(notice) });

  /** A worker of this process. */
  const work = (
    connection: RedisConnection,
    model: string,
    fetch: (prompt: string, request: Request) => Response | Promise<Response>,
  ): Promise<BatchWorker> =>
    BatchWorker.start({
      ...{ connection, models: [model], concurrency: 4 },
      fetch: async (request) => fetch(((await request.clone().json()) as { readonly prompt: string }).prompt, request),
    });

  it("are each answered once, by workers in other processes that are killed and told to end", async () => {
    const journal = join(folder, "kills");
    const job = { url: redis.url, models: ["a:b/c"], concurrency: 4, lockMs: 1500, lineMs: 100, journal };
    const workers = await Promise.all([WorkerProcess.start(job), WorkerProcess.start(job)]);
    using connection = await open();
    const kept = new Kept();
    const seen: (number | null)[] = [];
    const lines = linesFor("a:b/c", 60);
    const submitted = submitBatch({
      ...{ connection, batch: "kills", lines, keep: kept.keep },
      onWorkers: (count) => seen.push(count),
    });
    await eventually(() => kept.answers.size).toBeGreaterThan(10);
    await workers[0].end("SIGKILL");
    await eventually(() => kept.answers.size).toBeGreaterThan(30);
    expect(await workers[1].end("SIGTERM")).toBe(0);
    const left = await WorkerProcess.start(job);
    await submitted;
    expect(await left.end("SIGTERM")).toBe(0);
    expect(kept.twice).toEqual([]);
    expect([...kept.answers.keys()].sort()).toEqual(lines.map(({ line }) => line.custom_id).sort());
    for (const { line } of lines)
      expect(textOf(kept.answers.get(line.custom_id) as BatchOutcome)).toBe(String(line.body["prompt"]).toUpperCase());
    expect(seen[0]).toBe(2);
    const pidsOf = new Map<string, number[]>();
    for (const line of readFileSync(journal, "utf8").trim().split("\n")) {
      const { prompt, pid } = JSON.parse(line) as { readonly prompt: string; readonly pid: number };
      pidsOf.set(prompt, [...(pidsOf.get(prompt) ?? []), pid]);
    }
    expect(pidsOf.size).toBe(60);
    // A worker that stood still for longer than its locks last says that lines may be run by another one too.
    const standing = [...workers, left].filter(({ errors }) => errors.includes("Redis no longer knew"));
    const anew = [...pidsOf.values()].filter(({ length }) => length > 1);
    const ofStanding = anew.filter((pids) => standing.some(({ pid }) => pids.includes(pid)));
    const ofKilled = anew.filter((pids) => !ofStanding.includes(pids));
    expect(ofKilled.filter((pids) => !pids.includes(workers[0].pid))).toEqual([]);
    // No more than what the killed worker had under way was run anew.
    expect(ofKilled.length).toBeLessThanOrEqual(job.concurrency);
    const { client } = internalsOf(connection);
    // A second answer may come when the submitter has gone; Redis drops it by itself.
    const late = (await client.keys("*answers*")).map((key) => client.hlen(key));
    for (const count of await Promise.all(late)) expect(count).toBeLessThanOrEqual(ofStanding.length);
    expect(await client.keys("*owner*")).toEqual([]);
  });

  it.each([
    ["that keeps what it had", false],
    ["that has forgotten everything", true],
  ])("are each answered once by a Redis %s after it was killed", async (_, forgetful) => {
    await using own = await RedisServer.start({ forgetful });
    const notices: string[] = [];
    const address = redisAddress(own.url);
    using connection = await RedisConnection.open(address, { onNotice: (notice) => notices.push(notice) });
    const workerNotices: string[] = [];
    using other = await RedisConnection.open(address, { onNotice: (notice) => workerNotices.push(notice) });
    let runs = 0;
    await using worker = await work(other, "m", async (prompt) => {
      runs++;
      await sleep(50);
      return Response.json({ text: prompt });
    });
    const kept = new Kept();
    const submitted = submitBatch({ connection, batch: "restart", lines: linesFor("m", 60), keep: kept.keep });
    await eventually(() => kept.answers.size).toBeGreaterThan(10);
    await own.kill();
    await sleep(1500);
    await own.start();
    await submitted;
    expect(kept.answers.size).toBe(60);
    expect(kept.twice).toEqual([]);
    expect(runs).toBeLessThanOrEqual(60 + 8);
    expect(worker.counts.givenBack).toBe(0);
    const told = [/^the connection to redis:\/\/127\.0\.0\.1:\d+ is lost/, /is back after/];
    expect(notices.filter((notice) => /connection/.test(notice))).toEqual(
      told.map((each) => expect.stringMatching(each) as string),
    );
    const isLostClaim = (notice: string): boolean => notice.startsWith("Redis no longer knew");
    expect(workerNotices.filter((notice) => !isLostClaim(notice))).toEqual(
      told.map((each) => expect.stringMatching(each) as string),
    );
    // A Redis that keeps what it had tells it too, where it was killed after a line was done and before it said so: the
    // client asks again.
    if (forgetful) expect(workerNotices.some(isLostClaim)).toBe(true);
    expect(notices.some((notice) => /lines were lost there/.test(notice))).toBe(forgetful);
  });

  it("stay where they are while answers cannot be kept, and are not run again afterwards", async () => {
    using connection = await open();
    let runs = 0;
    await using _ = await work(connection, "full", (prompt) => {
      runs++;
      return Response.json({ text: prompt });
    });
    const kept = new Kept();
    const lines = linesFor("full", 300);
    let isFull = true;
    const submit = (): Promise<void> =>
      submitBatch({
        ...{ connection, batch: "full", lines },
        keep: (outcomes) => {
          if (kept.answers.size >= 100 && isFull) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
          kept.keep(outcomes);
        },
      });
    await expect(submit()).rejects.toMatchObject({ code: "ENOSPC" });
    isFull = false;
    // As the submitter does: what it has is not submitted again.
    lines.splice(0, lines.length, ...lines.filter(({ line }) => !kept.answers.has(line.custom_id)));
    await submit();
    expect([kept.answers.size, kept.twice, runs]).toEqual([300, [], 300]);
  });

  it("are tried again by a server that fails, until its failure is the answer; a refusal is one", async () => {
    const notices: string[] = [];
    using connection = await open(notices);
    const calls = new Map<string, number>();
    const statuses: Readonly<Record<string, readonly number[]>> = {
      "text 0": [503, 429, 200],
      "text 1": [500],
      "text 2": [400],
    };
    await using _ = await work(connection, "failing", (prompt) => {
      const call = calls.get(prompt) ?? 0;
      calls.set(prompt, call + 1);
      const answers = statuses[prompt] ?? [200];
      return Response.json({ text: prompt }, { status: answers[Math.min(call, answers.length - 1)] ?? 200 });
    });
    const kept = new Kept();
    await submitBatch({ connection, batch: "failing", lines: linesFor("failing", 3), keep: kept.keep, retryMs: 20 });
    const ended = [...kept.answers].map(([id, { response }]) => [id, response?.status_code]).sort();
    expect(ended).toEqual([
      ["line:0", 200],
      ["line:1", 500],
      ["line:2", 400],
    ]);
    expect(Object.fromEntries(calls)).toEqual({ "text 0": 3, "text 1": 5, "text 2": 1 });
    expect(notices).toContain("a line is tried again: the server answered with status 500");
  });

  it("are answered with an error once too many workers have ended at them", async () => {
    using connection = await open();
    const kept = new Kept();
    const submitted = submitBatch({ connection, batch: "lost", lines: linesFor("lost", 1), keep: kept.keep });
    await eventually(() => internalsOf(connection).client.keys("*:queue:lost:lost-*")).toHaveLength(1);
    const [key = ""] = await internalsOf(connection).client.keys("*:queue:lost:lost-*");
    await internalsOf(connection).client.hset(key, "stc", 10);
    await using _ = await work(connection, "lost", () => Response.json({}));
    await submitted;
    expect(kept.answers.get("line:0")).toMatchObject({
      response: null,
      error: { code: "worker_lost", message: "line: 10 workers ended while they worked at it; it is not tried again" },
    });
  });

  it("wait for a worker of their model, and say so; two names of one worker are one worker", async () => {
    const notices: string[] = [];
    using connection = await open(notices);
    const counts: (number | null)[] = [];
    const kept = new Kept();
    const submitted = submitBatch({
      ...{ connection, batch: "waiting", keep: kept.keep, onWorkers: (count) => counts.push(count) },
      lines: [...linesFor("one", 1), { ...(linesFor("two", 2)[1] as ModelLine) }],
    });
    const told = (model: string): string =>
      `0 workers take lines of "${model}"; waiting for one (helium worker --redis ${connection.address.shown}, with a model of that name)`;
    await eventually(() => notices).toEqual([told("one"), told("two")]);
    await using _ = await BatchWorker.start({
      ...{ connection, models: ["one", "two"], concurrency: 1 },
      fetch: async () => {
        // Until both names are seen: a look may fall between the two.
        await eventually(() => [notices.length, counts.at(-1)]).toEqual([4, 1]);
        return Response.json({});
      },
    });
    await submitted;
    expect(counts[0]).toBe(0);
    expect(kept.answers.size).toBe(2);
    expect(notices.slice(2).sort()).toEqual(["one", "two"].map((model) => `a worker takes lines of "${model}" now`));
  });

  it("are collected by one process at a time; one that goes away leaves them to the next", async () => {
    using connection = await open();
    const kept = new Kept();
    const ending = new AbortController();
    const reason = new Error("enough");
    const options = { connection, batch: "owned", lines: linesFor("owned", 20), keep: kept.keep };
    const { client } = internalsOf(connection);
    const first = submitBatch({ ...options, ownedMs: 8000, signal: ending.signal });
    await eventually(() => client.keys("*:queue:owned:owned-*")).toHaveLength(20);
    // The second waits for less long than the first may be silent.
    await expect(submitBatch({ ...options, ownedMs: 400 })).rejects.toThrow(
      /^batch: process \d+ submits the same lines; wait for it, or end it$/,
    );
    const [key = ""] = await client.keys("*owner:owned");
    await client.pexpire(key, 60_000);
    // It says again and again that it lives.
    await eventually(() => client.pttl(key)).toBeLessThanOrEqual(8000);
    ending.abort(reason);
    await expect(first).rejects.toBe(reason);
    let runs = 0;
    await using worker = await work(connection, "owned", () => {
      runs++;
      return Response.json({});
    });
    // All are answered by the time that somebody asks for them.
    await eventually(() => worker.counts.answered).toBe(20);
    await submitBatch(options);
    expect([kept.answers.size, kept.twice, runs]).toEqual([20, [], 20]);
  });

  it("go back at once where a worker has to end before it has finished them", async () => {
    using connection = await open();
    const kept = new Kept();
    const submitted = submitBatch({ connection, batch: "back", lines: linesFor("back", 6), keep: kept.keep });
    const slow = await work(connection, "back", async (_, { signal }) => {
      await sleep(60_000, undefined, { signal });
      return Response.json({});
    });
    await eventually(() => internalsOf(connection).client.llen("helium-lm:batch:1:queue:back:active")).toBe(4);
    expect(await slow.stop(100)).toBe(false);
    expect(slow.counts).toEqual({ answered: 0, givenBack: 4 });
    await using _ = await work(connection, "back", () => Response.json({}));
    await submitted;
    expect(kept.answers.size).toBe(6);
  });

  it("can be left while Redis is away", async () => {
    await using own = await RedisServer.start();
    using connection = await RedisConnection.open(redisAddress(own.url));
    const ending = new AbortController();
    const submitted = submitBatch({
      ...{ connection, batch: "away", lines: linesFor("away", 5), keep: () => undefined, signal: ending.signal },
    });
    const worker = await work(connection, "away", () => sleep(60_000).then(() => Response.json({})));
    await eventually(() => internalsOf(connection).client.llen("helium-lm:batch:1:queue:away:active")).toBe(4);
    await own.kill();
    await eventually(() => connection.outages).toBe(1);
    ending.abort(new Error("enough"));
    await expect(submitted).rejects.toThrow("enough");
    expect(await worker.stop(100)).toBe(false);
  });

  it("keep no worker from ending while Redis is away", async () => {
    await using own = await RedisServer.start();
    const job = { url: own.url, models: ["ends"], concurrency: 1, lockMs: 1500, lineMs: 1 };
    const worker = await WorkerProcess.start({ ...job, journal: join(folder, "ends") });
    await own.kill();
    await eventually(() => worker.errors).toMatch(/is lost/);
    expect(await worker.end("SIGTERM")).toBe(0);
  });

  it("wait while Redis refuses to write, and it is told once; a batch does not begin then", async () => {
    await using own = await RedisServer.start();
    const notices: string[] = [];
    using connection = await RedisConnection.open(redisAddress(own.url), {
      onNotice: (notice) => notices.push(notice),
    });
    await using _ = await work(connection, "oom", () => Response.json({}));
    const allow = (bytes: number): Promise<unknown> =>
      internalsOf(connection).client.config("SET", "maxmemory", String(bytes));
    const kept = new Kept();
    const lines = async function* (): AsyncGenerator<ModelLine> {
      await allow(1);
      yield* linesFor("oom", 5);
    };
    const submitted = submitBatch({ connection, batch: "oom", lines: lines(), keep: kept.keep });
    const told = (): string[] => notices.filter((notice) => /OOM/.test(notice));
    await eventually(told).toHaveLength(1);
    await expect(submitBatch({ connection, batch: "other", lines: [], keep: kept.keep })).rejects.toThrow(
      /^redis: redis:\/\/127\.0\.0\.1:\d+ refuses to write: OOM command not allowed/,
    );
    await sleep(1500);
    await allow(0);
    await submitted;
    expect(kept.answers.size).toBe(5);
    expect(told()).toHaveLength(1);
  });
});
