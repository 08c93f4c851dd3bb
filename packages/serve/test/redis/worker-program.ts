/** A worker of batches in a process of its own, whose server answers each prompt after some time: `worker-program.ts '{…}'`. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { BatchWorker, RedisConnection, redisAddress } from "../../src/redis/index.ts";

export interface WorkerJob {
  readonly url: string;
  readonly models: readonly string[];
  readonly concurrency: number;
  readonly lockMs: number;
  /** How long a line takes. */
  readonly lineMs: number;
  /** A line with the prompt of each answer is appended there. */
  readonly journal: string;
}

const { url, journal, lineMs, ...options } = JSON.parse(process.argv[2] ?? "{}") as WorkerJob;
const connection = await RedisConnection.open(redisAddress(url), { onNotice: (notice) => console.error(notice) });
const worker = await BatchWorker.start({
  ...{ connection, ...options },
  fetch: async (request) => {
    const { prompt } = (await request.json()) as { readonly prompt: string };
    await sleep(lineMs, undefined, { signal: request.signal });
    appendFileSync(journal, `${JSON.stringify({ prompt, pid: process.pid })}\n`);
    return Response.json({ text: prompt.toUpperCase() });
  },
});
process.on("SIGTERM", () => {
  void worker.stop(10_000).then((isDone) => {
    connection[Symbol.dispose]();
    process.exitCode = isDone ? 0 : 3;
  });
});
console.log("ready");
