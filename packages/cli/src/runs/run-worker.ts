import { once } from "node:events";
import { ModelServer } from "@helium-lm/serve";
import { pinoLog } from "@helium-lm/serve/node";
import { BatchWorker, RedisConnection } from "@helium-lm/serve/redis";
import type { CommandLine } from "../options/command-line.ts";
import { UsageError } from "../options/option-table.ts";
import { redisAddressOf } from "../options/redis-address-of.ts";
import { servedModels } from "../options/served-models.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { WorkerOptions } from "../options/worker-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatCount } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium worker";

type WorkerLine = CommandLine<WorkerOptions & SharedOptions>;

/** Lines at a time where nothing is said; as many texts as a server computes at the same time. */
const CONCURRENCY = 32;

/** Answers lines of batches until it is told to end. @throws UsageError, RedisError; what loading throws */
export async function runWorker({ options, positionals }: WorkerLine, io: CliIo): Promise<void> {
  const {
    redis,
    concurrency = CONCURRENCY,
    lockDuration = 30,
    drainTimeout = 30,
    timeout,
    logLevel = "warn",
  } = options;
  if (redis === undefined) throw new UsageError(subject, "needs --redis, the address of the Redis that has the lines");
  if (positionals.length > 0 && options.model !== undefined)
    throw new UsageError(subject, "takes models as arguments or with --model, not both; leave one out");
  const address = await redisAddressOf(redis, io);
  const tell = (notice: string): void => void io.stderr.write(`${printable(notice)}\n`);
  using connection = await RedisConnection.open(address, { onNotice: tell });
  const given = options.model === undefined ? positionals : [options.model];
  const entries = await servedModels(subject, given, options, io);
  using server = new ModelServer({
    models: entries,
    maxSequences: concurrency,
    // As many lines as there are queues may wait here for their turn.
    maxWaiting: Infinity,
    log: pinoLog(logLevel, { write: (line) => void io.stderr.write(line) }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
  });
  // A model that cannot be loaded ends the worker, and not each line that it takes.
  await server.preload();
  io.signal?.throwIfAborted();
  const models = entries.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
  const worker = await BatchWorker.start({
    ...{ connection, models, concurrency, fetch: server.fetch, lockMs: lockDuration * 1000 },
  });
  if (options.json) io.stdout.write(`${JSON.stringify({ redis: address.shown, models, concurrency })}\n`);
  else tell(`takes lines for ${models.join(", ")} from ${address.shown}, ${formatCount(concurrency)} at a time`);
  if (io.signal && !io.signal.aborted) await once(io.signal, "abort");
  if (!options.json) tell("ends: finishes the lines that it has begun; a second signal ends it at once");
  const isDrained = await worker.stop(drainTimeout * 1000);
  const { answered, givenBack } = worker.counts;
  if (!options.json) tell(`${formatCount(answered)} lines are answered`);
  if (!isDrained)
    tell(
      `${formatCount(givenBack)} lines did not finish in time, and are for other workers; --drain-timeout gives more`,
    );
}
