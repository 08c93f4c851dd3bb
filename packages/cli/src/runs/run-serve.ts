import { once } from "node:events";
import type { ServedModels, ServeOptions } from "@helium-lm/serve/node";
import type { CommandLine } from "../options/command-line.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { UsageError } from "../options/option-table.ts";
import { type ServeOptionValues } from "../options/serve-options.ts";
import { servedModels } from "../options/served-models.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import { textOf } from "../options/text-of.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { serverScreen } from "../terminal/server-screen.ts";

const subject = "helium serve";

type ServeLine = CommandLine<SharedOptions & ServeOptionValues & LoadingOptions>;

export async function runServe({ options, positionals }: ServeLine, io: CliIo): Promise<void> {
  if (positionals.length > 0 && options.model !== undefined)
    throw new UsageError(subject, "takes models as arguments or with --model, not both; leave one out");
  const given = options.model === undefined ? positionals : [options.model];
  const models = await servedModels(subject, given, options, io);
  const apiKeys = await keysOf(options);
  // What no other command needs is not loaded for them.
  const { pinoLog, serve: serveModels } = await import("@helium-lm/serve/node");
  await using serving = await serveModels({
    models,
    apiKeys,
    log: pinoLog(options.logLevel ?? "info", { write: (line) => void io.stderr.write(line) }),
    ...limitsOf(options),
  });
  await untilLoaded(serving, io);
  const { url, server } = serving;
  const ids = server.registry.ids;
  if (options.json) io.stdout.write(`${JSON.stringify({ url, models: ids })}\n`);
  else io.stdout.write(serverScreen({ url, ids, hasKeys: apiKeys.length > 0 }, io));
  if (!server.options.loopbackOnly && apiKeys.length === 0)
    io.stderr.write(`anyone who reaches ${url} can use this server; give --api-key-file, or leave out --host\n`);
  if (io.signal && !io.signal.aborted) await once(io.signal, "abort");
  if (!(await serving.stop()))
    io.stderr.write("some requests did not finish in time; --drain-timeout gives them more\n");
}

/** Until the first model is in memory, or the signal comes first. */
async function untilLoaded({ loaded }: ServedModels, { signal }: CliIo): Promise<void> {
  if (!signal) return loaded;
  signal.throwIfAborted();
  const interrupted = new AbortController();
  const aborted = once(signal, "abort", { signal: interrupted.signal });
  aborted.catch(() => undefined);
  await Promise.race([loaded, aborted]).finally(() => interrupted.abort());
}

async function keysOf({ apiKey = [], apiKeyFile }: ServeOptionValues): Promise<readonly string[]> {
  if (apiKeyFile === undefined) return apiKey;
  const lines = (await textOf(subject, "--api-key-file", apiKeyFile)).split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== "");
  // An empty file would let everybody in.
  if (keys.length === 0)
    throw new UsageError(subject, `--api-key-file ${apiKeyFile} has no key; write one in each line`);
  return [...apiKey, ...keys];
}

/** These options by the names of the server. */
function limitsOf(options: ServeOptionValues): Omit<ServeOptions, "models"> {
  const {
    host,
    port,
    cors,
    maxSequences,
    queue,
    idleUnload,
    timeout,
    drainTimeout,
    prefixCache,
    filesFolder,
    batchSequences,
  } = options;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(cors !== undefined && { corsOrigins: cors }),
    ...(maxSequences !== undefined && { maxSequences }),
    ...(queue !== undefined && { maxWaiting: queue }),
    ...(idleUnload !== undefined && { idleMs: idleUnload * 1000 }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(prefixCache !== undefined && { prefixCache }),
    ...(filesFolder !== undefined && { filesFolder }),
    ...(batchSequences !== undefined && { batchSequences }),
    ...(drainTimeout !== undefined && { drainTimeoutMs: drainTimeout * 1000 }),
  };
}
