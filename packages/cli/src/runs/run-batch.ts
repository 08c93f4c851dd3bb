import { realpath, stat } from "node:fs/promises";
import { ModelServer, runLine } from "@helium-lm/serve";
import {
  BatchJournal,
  checkBatchFile,
  refuseProblems,
  runBatch,
  writeLines,
  type CheckedBatchFile,
} from "@helium-lm/serve/node";
import type { BatchOptions } from "../options/batch-options.ts";
import type { CommandLine } from "../options/command-line.ts";
import { UsageError } from "../options/option-table.ts";
import { servedModels } from "../options/served-models.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatCount } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium batch";

type Options = BatchOptions & SharedOptions;

/** Answers a file, or goes on with it. @throws BatchFileError, JournalError, ByteSourceError, UsageError; what loading throws */
export async function runBatchCommand({ options, positionals }: CommandLine<Options>, io: CliIo): Promise<void> {
  const [input, output, ...more] = positionals;
  if (input === undefined || output === undefined || more.length > 0)
    throw new UsageError(subject, `takes an input and an output, but ${positionals.length} names were given`);
  if (options.model !== undefined && options.models !== undefined)
    throw new UsageError(subject, "takes --model or --models, not both; leave one out");
  const path = `${output}.journal`;
  await refuseOtherOutput(input, output, path);
  const checked = await checkBatchFile(input, { signal: io.signal }).catch((error: unknown) => {
    throw unreadable(input, error);
  });
  refuseProblems(checked);
  const work = await workOf(checked, options, io);
  const journal = await BatchJournal.open(path, { input: checked, settings: work.settings });
  try {
    if (journal.found > 0 && !options.json)
      tell(io, `going on: ${counted(journal.found, journal.requests)} were done already`);
    if (journal.found < journal.requests) await work.answer(journal);
    await finish(journal, output, options, io);
  } catch (error) {
    // Nothing is to be gone on with, perhaps for want of the right options.
    if (journal.done === 0) await journal.remove();
    else if (!options.json)
      tell(io, `${counted(journal.done, journal.requests)} are done, in ${path}; the same command goes on from there`);
    throw error;
  } finally {
    await journal.close();
  }
}

/** How requests get their outcomes, and what these depend on. */
interface Work {
  /** As the journal's first line tells it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly answer: (journal: BatchJournal) => Promise<void>;
}

/** By the models of this machine, or by workers elsewhere. @throws UsageError */
async function workOf(input: CheckedBatchFile, options: Options, io: CliIo): Promise<Work> {
  const { redis } = options;
  if (redis === undefined)
    return { settings: settingsOf(options), answer: (journal) => answerHere(input, journal, options, io) };
  const { answerThroughRedis, redisSettings, refuseNameless } = await import("./answer-through-redis.ts");
  const given = { ...options, redis };
  const settings = redisSettings(given);
  await refuseNameless(input, given);
  return { settings, answer: (journal) => answerThroughRedis(input, journal, given, io) };
}

async function answerHere(input: CheckedBatchFile, journal: BatchJournal, options: Options, io: CliIo): Promise<void> {
  using server = await openServer(options, io);
  const progress = new ProgressLine(io, { label: "answering", format: formatCount, quiet: options.json });
  try {
    await runBatch({
      input,
      journal,
      run: (line, signal) => runLine(line, { fetch: server.fetch, signal }),
      atOnce: server.options.maxSequences,
      signal: io.signal,
      onDone: () => progress.show(journal.done - journal.found, journal.requests - journal.found),
    });
  } finally {
    progress.clear();
  }
}

/** A server that nobody reaches but this process, with its models in memory. */
async function openServer(options: Options, io: CliIo): Promise<ModelServer> {
  const { maxSequences, timeout, model, models = model === undefined ? [] : [model] } = options;
  const entries = await servedModels(subject, models, options, io);
  const server = new ModelServer({
    models: entries,
    // Requests wait here and not for each other's answers.
    maxWaiting: Infinity,
    ...(maxSequences !== undefined && { maxSequences }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
  });
  try {
    // A model that cannot be loaded is told once, and not by each line.
    await server.preload();
    io.signal?.throwIfAborted();
    return server;
  } catch (error) {
    server.dispose();
    throw error;
  }
}

async function finish(
  journal: BatchJournal,
  output: string,
  { json }: Pick<SharedOptions, "json">,
  io: CliIo,
): Promise<void> {
  await writeLines(output, journal.texts());
  await journal.remove();
  const { requests, succeeded, found } = journal;
  const failed = requests - succeeded;
  if (json) io.stdout.write(`${JSON.stringify({ output, requests, succeeded, failed, found })}\n`);
  else {
    const refused = failed > 0 ? `; ${formatCount(failed)} of them tell of a refusal or a failure` : "";
    io.stdout.write(`${printable(`${formatCount(requests)} answers are in ${output}${refused}`)}\n`);
  }
}

/** What answers depend on, as the journal's first line tells it. */
function settingsOf(options: Options): Readonly<Record<string, unknown>> {
  const { model, models, alias, dtype, embeddingDtype, kvDtype, chatTemplate } = options;
  return { model: models ?? model ?? "helium-nano", alias, dtype, embeddingDtype, kvDtype, chatTemplate };
}

/** @throws UsageError for an output that is there, unless it is ours to finish */
async function refuseOtherOutput(input: string, output: string, journal: string): Promise<void> {
  const [from, to] = await Promise.all([input, output].map((name) => realpath(name).catch(() => null)));
  if (from !== null && from === to)
    throw new UsageError(subject, `${output} is the input as well; give the output another name`);
  const isThere = (name: string): Promise<boolean> =>
    stat(name).then(
      () => true,
      () => false,
    );
  if ((await isThere(output)) && !(await isThere(journal)))
    throw new UsageError(subject, `${output} is there already; delete it, or give the output another name`);
}

function unreadable(input: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new UsageError(subject, `${input} cannot be read (${code}); give a file of lines`, { code }, { cause: error });
}

const counted = (done: number, all: number): string => `${formatCount(done)} of ${formatCount(all)} requests`;

const tell = ({ stderr }: Pick<CliIo, "stderr">, text: string): void => void stderr.write(`${printable(text)}\n`);
