import { weightDTypes } from "@helium-lm/nn";
import { isGgufLocation, modelSource } from "@helium-lm/helium/sources";
import { defineCommand } from "../command.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { choice, flag, UsageError } from "../options/option-table.ts";
import { checkOutput, writeGgufModel, writeModelFolder } from "@helium-lm/helium/convert";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium convert";

export const convert = defineCommand({
  name: "convert",
  operands: "<in> <out>",
  summary: "write a model as GGUF, or a GGUF model as config.json and safetensors",
  details: `The names say which way: a folder, .safetensors file, URL, shipped model or model of the hub becomes the file <out>.gguf; a .gguf file
becomes the folder <out>. The tokenizer and the chat template go along, in a GGUF file also in llama.cpp's words. Nothing is
rounded unless --dtype says so; quantised matrices become f32 in a folder. helium quantize writes quantised files. With
--json one object is printed: {"model", "output", "bytes": {"input", "output"}, "seconds", "leftOut", "tensors":
[{"name", "dtype", "shape"}, …]}.

  helium convert helium-nano nano.gguf
  helium convert model.q4_0.gguf ./model --dtype bf16`,
  options: {
    dtype: choice("name", weightDTypes, "how matrices are stored, auto as they are"),
    force: flag("replace a file that is there, or write into a folder that is not empty"),
  },
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async ({ options, positionals }, io) => {
    const [given, output, ...more] = positionals;
    if (given === undefined || output === undefined || more.length > 0)
      throw new UsageError(subject, `takes a model and what to write, given ${positionals.length} operands`);
    if (options.model !== undefined) throw new UsageError(subject, "takes the model as operand, not by --model");
    const isToGguf = isGgufLocation(output);
    checkDirection(given, output, isToGguf);
    const location = await modelLocation(given, "helium-nano", io);
    const access = hubAccess(io, options);
    const source = await modelSource(location, access.options);
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
  },
});

/** @throws UsageError unless exactly one side is GGUF */
function checkDirection(input: string, output: string, isToGguf: boolean): void {
  if (isGgufLocation(input) === isToGguf)
    throw new UsageError(
      subject,
      isToGguf
        ? "both names are of GGUF files; helium quantize changes their format"
        : "neither name is of a GGUF file; name one side .gguf",
    );
  if (/\.(?:safetensors|json|bin)$/i.test(output))
    throw new UsageError(subject, `${JSON.stringify(output)} is named like a file; name the folder to write`);
}
