import { createHash } from "node:crypto";
import type { BatchLine } from "@helium-lm/serve";
import { batchRequests, type BatchJournal, type CheckedBatchFile } from "@helium-lm/serve/node";
import { RedisConnection, submitBatch, type ModelLine } from "@helium-lm/serve/redis";
import { batchModelOptions, type BatchOptions } from "../options/batch-options.ts";
import { optionName, UsageError } from "../options/option-table.ts";
import { redisAddressOf } from "../options/redis-address-of.ts";
import { modelId } from "../options/served-models.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatCount } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium batch";

export type RedisBatchOptions = BatchOptions & SharedOptions & { readonly redis: string };

/**
 * Has workers answer what has no outcome in the journal. The name of the batch is a digest of the input and the model, so that a
 * submitter that was killed finds what it had submitted.
 *
 * @throws RedisError, ByteSourceError, BatchFileError; the signal's reason
 */
export async function answerThroughRedis(
  input: CheckedBatchFile,
  journal: BatchJournal,
  options: RedisBatchOptions,
  io: CliIo,
): Promise<void> {
  const model = defaultModel(options);
  const progress = new ProgressLine(io, { label: "answering", format: formatCount, quiet: options.json });
  using connection = await RedisConnection.open(await redisAddressOf(options.redis, io), {
    onNotice: (notice) => {
      progress.clear();
      io.stderr.write(`${printable(notice)}\n`);
    },
  });
  const indices = new Map<string, number>();
  let workers: number | null = null;
  const show = (): void =>
    progress.show(journal.done - journal.found, journal.requests - journal.found, null, countOf(workers));
  try {
    await submitBatch({
      connection,
      batch: createHash("sha256").update(`${input.sha256} ${model}`).digest("hex").slice(0, 32),
      lines: linesOf(input, journal, model, indices),
      keep: async (outcomes) => {
        for (const outcome of outcomes) {
          journal.add(indices.get(outcome.custom_id) as number, outcome);
          indices.delete(outcome.custom_id);
        }
        // What lies on the disk is removed from Redis.
        await journal.sync();
        show();
      },
      onWorkers: (count) => {
        workers = count;
        show();
      },
      ...(io.signal && { signal: io.signal }),
    });
  } finally {
    progress.clear();
  }
}

/** What such a batch depends on, as the journal's first line tells it. @throws UsageError for options of models of this machine */
export function redisSettings(options: RedisBatchOptions): Readonly<Record<string, unknown>> {
  const local = (Object.keys(batchModelOptions) as (keyof typeof batchModelOptions)[]).find(
    (key) => options[key] !== undefined && options[key] !== false,
  );
  if (local !== undefined)
    throw new UsageError(
      subject,
      `takes ${optionName(local)} without --redis only; give it to helium worker, which has the models`,
      { given: local },
    );
  return { model: defaultModel(options) ?? undefined, workers: true };
}

/** @throws UsageError where a line names no model, and nothing else does: workers would each take it by another one */
export async function refuseNameless(input: CheckedBatchFile, options: RedisBatchOptions): Promise<void> {
  if (defaultModel(options) !== null) return;
  for await (const { line } of batchRequests(input))
    if (modelOf(line) === null)
      throw new UsageError(
        subject,
        `${input.path} has a line without body.model (${JSON.stringify(line.custom_id)}); write the model there, or give --model for such lines`,
        { customId: line.custom_id },
      );
}

/** The lines that have no outcome yet, each with its model. */
async function* linesOf(
  input: CheckedBatchFile,
  journal: BatchJournal,
  model: string | null,
  indices: Map<string, number>,
): AsyncGenerator<ModelLine> {
  for await (const { index, line } of batchRequests(input)) {
    if (journal.has(index)) continue;
    indices.set(line.custom_id, index);
    const named = modelOf(line);
    const asked = named ?? model ?? "";
    yield { model: asked, line: named === null ? { ...line, body: { ...line.body, model: asked } } : line };
  }
}

const modelOf = ({ body: { model } }: BatchLine): string | null =>
  typeof model === "string" && model !== "" ? model : null;

/** The name by which workers know the model of --model. */
const defaultModel = ({ model }: Pick<SharedOptions, "model">): string | null =>
  model === undefined ? null : modelId(model);

const countOf = (workers: number | null): string | null =>
  workers === null ? null : `${formatCount(workers)} ${workers === 1 ? "worker" : "workers"}`;
