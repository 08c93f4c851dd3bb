import { isGgufLocation, modelSource } from "@helium-lm/helium/sources";
import { checkOutput, writeGgufModel, type WrittenTensor } from "@helium-lm/helium/convert";
import type { MatrixDType } from "@helium-lm/nn";
import type { CommandLine } from "../options/command-line.ts";
import { writableFormats } from "../options/loading-options.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { fallbackNote, oneThreadNote } from "../terminal/load-notes.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";

const subject = "helium quantize";

type QuantizeLine = CommandLine<
  SharedOptions & {
    readonly format: (typeof writableFormats)[number] | undefined;
    readonly embeddingFormat: MatrixDType | undefined;
    readonly strict: boolean;
    readonly force: boolean;
  }
>;

export async function runQuantize({ options, positionals }: QuantizeLine, io: CliIo): Promise<void> {
  const [given, output, ...more] = positionals;
  if (given === undefined || output === undefined || more.length > 0)
    throw new UsageError(subject, `needs two arguments, the model and the file to write; given: ${positionals.length}`);
  if (options.model !== undefined) throw new UsageError(subject, "takes the model as an argument, not with --model");
  if (!isGgufLocation(output))
    throw new UsageError(subject, `${JSON.stringify(output)} does not end in .gguf; quantised models are GGUF files`);
  const { format, embeddingFormat = format } = options;
  if (format === undefined || embeddingFormat === undefined)
    throw new UsageError(subject, `needs --format; expected one of ${writableFormats.join(", ")}`, {
      expected: writableFormats,
    });
  const location = await modelLocation(given, "helium-nano", io);
  const access = hubAccess(io, options);
  const source = await modelSource(location, access.options);
  await checkOutput(output, "file", options.force);
  const progress = new ProgressLine(io, { label: "quantising", quiet: options.json });
  const start = performance.now();
  const report = await writeGgufModel(source, output, {
    dtype: format,
    embeddingDType: embeddingFormat,
    strict: options.strict,
    threads: options.threads,
    onBytes: (read, total) => progress.show(read, total),
    ...(io.signal && { signal: io.signal }),
  }).finally(() => progress.clear());
  const seconds = (performance.now() - start) / 1000;
  const { tensors, fallbacks, leftOut, tokenizerNote, oneThread, bytes } = report;
  const parameters = tensors.reduce((sum, { shape }) => sum + elements(shape), 0);
  const error = errorOf(tensors);
  if (options.json) {
    const result = { model: location, output, format, embeddingFormat, parameters, bytes, error, seconds };
    io.stdout.write(`${JSON.stringify({ ...result, fallbacks, leftOut, tensors })}\n`);
    return;
  }
  const rows = tensors.map(({ name, dtype, shape, bytes: size, relativeRms }) => [
    name,
    dtype,
    `[${shape.join(", ")}]`,
    formatBytes(size),
    relativeRms > 0 ? `error ${formatShare(relativeRms)}` : "",
  ]);
  for (const line of alignColumns(rows)) io.stdout.write(`${printable(line.trimEnd())}\n`);
  for (const note of [fallbackNote(fallbacks), oneThreadNote(oneThread), tokenizerNote])
    if (note !== null) io.stderr.write(`${printable(note)}\n`);
  if (leftOut.length > 0) io.stderr.write(`${printable(`has no place in a GGUF file: ${leftOut.join(", ")}`)}\n`);
  const summary = [
    `${formatCount(parameters)} parameters`,
    `${formatBytes(bytes.input)} → ${formatBytes(bytes.output)}, ${formatNumber(bytes.input / bytes.output)}× smaller`,
    `${formatNumber((8 * bytes.output) / parameters)} bits per weight`,
    `error mean ${formatShare(error.mean).trim()}, worst ${formatShare(error.worst).trim()}`,
    formatDuration(seconds),
  ];
  io.stdout.write(`\n${printable(output)}: ${summary.join(" · ")}\n`);
}

const elements = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** Relative errors of the quantised tensors: the largest, and their root mean square by the number of weights. */
function errorOf(tensors: readonly WrittenTensor[]): { readonly worst: number; readonly mean: number } {
  const quantised = tensors.filter(({ relativeRms }) => relativeRms > 0);
  let [squares, weights, worst] = [0, 0, 0];
  for (const { shape, relativeRms } of quantised) {
    squares += relativeRms ** 2 * elements(shape);
    weights += elements(shape);
    worst = Math.max(worst, relativeRms);
  }
  return { worst, mean: weights === 0 ? 0 : Math.sqrt(squares / weights) };
}
