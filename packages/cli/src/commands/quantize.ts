import { isGgufLocation, modelSource } from "@helium-lm/helium/sources";
import { defineCommand } from "../command.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { fallbackNote, oneThreadNote } from "../terminal/load-notes.ts";
import { writableFormats } from "../options/loading-options.ts";
import { choice, flag, UsageError } from "../options/option-table.ts";
import { checkOutput, writeGgufModel, type WrittenTensor } from "@helium-lm/helium/convert";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from "../terminal/quantities.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium quantize";

/** The embedding and the head suffer most from few bits, and may be kept whole. */
const embeddingFormats = [...writableFormats, "bf16", "f16", "f32"] as const;

export const quantize = defineCommand({
  name: "quantize",
  operands: "<in> <out.gguf>",
  summary: "write a quantised GGUF file",
  details: `Reads a model (a folder, a .safetensors or .gguf file, a URL, or the name of a small model) one tensor at a time, and
writes a GGUF file with its tokenizer. Prints how each tensor is stored and the error that this causes: the root mean
square of the differences, relative to that of the weights. A matrix whose rows do not fill whole blocks of the format is
stored with smaller blocks or as bf16, and is listed; vectors stay f32. With --json, one object is printed: {"model",
"output", "format", "embeddingFormat", "parameters", "bytes": {"input", "output"}, "error": {"worst", "mean"}, "seconds",
"fallbacks", "leftOut", "tensors": [{"name", "dtype", "shape", "bytes", "relativeRms"}, …]}.

  helium quantize helium-nano nano.q8_0.gguf --format q8_0
  helium quantize ./my-model small.gguf --format q4_0 --embedding-format q6_K`,
  options: {
    format: choice("name", writableFormats, "format of the matrices; required"),
    embeddingFormat: choice("name", embeddingFormats, "format of the embedding and the head; default as --format"),
    strict: flag("fail if rows do not fill whole blocks of the format"),
    force: flag("replace an existing file"),
  },
  without: ["model", "backend", "gpujsMode", "codegen"],
  run: async ({ options, positionals }, io) => {
    const [given, output, ...more] = positionals;
    if (given === undefined || output === undefined || more.length > 0)
      throw new UsageError(
        subject,
        `needs two arguments, the model and the file to write; given: ${positionals.length}`,
      );
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
  },
});

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
