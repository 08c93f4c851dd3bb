import { isGgufLocation, isGgufSource, modelSource } from "@helium-lm/helium/sources";
import { checkOutput, writeGgufModel, writeModelFolder } from "@helium-lm/helium/convert";
import type { WeightDType } from "@helium-lm/nn";
import type { CommandLine } from "../options/command-line.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium convert";

type ConvertLine = CommandLine<SharedOptions & { readonly dtype: WeightDType | undefined; readonly force: boolean }>;

export async function runConvert({ options, positionals }: ConvertLine, io: CliIo): Promise<void> {
  const [given, output, ...more] = positionals;
  if (given === undefined || output === undefined || more.length > 0)
    throw new UsageError(
      subject,
      `needs two arguments, the model and the file or folder to write; given: ${positionals.length}`,
    );
  if (options.model !== undefined) throw new UsageError(subject, "takes the model as an argument, not with --model");
  const isToGguf = isGgufLocation(output);
  checkOutputName(output);
  const location = await modelLocation(given, "helium-nano", io);
  const access = hubAccess(io, options);
  const source = await modelSource(location, access.options);
  checkDirection(isGgufSource(source), isToGguf);
  await checkOutput(output, isToGguf ? "file" : "folder", options.force);
  const progress = new ProgressLine(io, { label: "converting", quiet: options.json });
  const { dtype = "auto" } = options;
  const common = {
    dtype,
    onBytes: (read: number, total: number) => progress.show(read, total),
    ...(io.signal && { signal: io.signal }),
  };
  const start = performance.now();
  try {
    const report = isToGguf
      ? await writeGgufModel(source, output, { ...common, embeddingDType: dtype })
      : { leftOut: [], tokenizerNote: null, ...(await writeModelFolder(source, output, common)) };
    progress.clear();
    const seconds = (performance.now() - start) / 1000;
    const { bytes, leftOut, tokenizerNote } = report;
    const tensors = report.tensors.map(({ name, dtype: used, shape }) => ({ name, dtype: used, shape }));
    if (options.json) {
      io.stdout.write(`${JSON.stringify({ model: location, output, bytes, seconds, leftOut, tensors })}\n`);
      return;
    }
    if (tokenizerNote !== null) io.stderr.write(`${printable(tokenizerNote)}\n`);
    if (leftOut.length > 0) io.stderr.write(`${printable(`has no place in a GGUF file: ${leftOut.join(", ")}`)}\n`);
    const types = [...new Set(tensors.map((tensor) => tensor.dtype))].map((used) => {
      const count = tensors.filter((tensor) => tensor.dtype === used).length;
      return `${formatCount(count)} ${used}`;
    });
    const summary = [
      `${formatCount(tensors.length)} tensors (${types.join(", ")})`,
      `${formatBytes(bytes.input)} → ${formatBytes(bytes.output)}`,
      formatDuration(seconds),
    ];
    io.stdout.write(`${printable(output)}: ${summary.join(" · ")}\n`);
  } finally {
    progress.clear();
  }
}

/** @throws UsageError unless exactly one side is GGUF */
function checkDirection(isFromGguf: boolean, isToGguf: boolean): void {
  if (isFromGguf !== isToGguf) return;
  throw new UsageError(
    subject,
    isToGguf
      ? "the model is a GGUF file already; helium quantize changes how its weights are stored"
      : "the model is not a GGUF file, and neither is the output; name the output <name>.gguf",
  );
}

/** @throws UsageError for a folder that is named like a file */
function checkOutputName(output: string): void {
  if (/\.(?:safetensors|json|bin)$/i.test(output))
    throw new UsageError(subject, `${JSON.stringify(output)} looks like a file name; give the folder to write`);
}
