import { writeFileAtomically } from "@helium-lm/nn/io/node";
import { AutoModel, createInferenceEngine, GenerationError, type Pooling } from "@helium-lm/helium";
import { checkOutput } from "@helium-lm/helium/convert";
import type { CommandLine } from "../options/command-line.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import { textInput } from "../options/text-input.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatBytes, formatCount } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import { npyHeader, npyRow } from "./npy-file.ts";

const subject = "helium embed";

type EmbedLine = CommandLine<
  SharedOptions &
    LoadingOptions & {
      readonly pooling: Pooling | undefined;
      readonly raw: boolean;
      readonly dimensions: number | undefined;
      readonly truncate: boolean;
      readonly output: string | undefined;
      readonly force: boolean;
    }
>;

interface Embedded {
  readonly index: number;
  readonly text: string;
  readonly tokens: number;
  readonly vector: Float32Array;
}

/** Tokens that are computed at the same time: their keys and values have to fit into memory. */
const TOKENS_AT_ONCE = 8192;

/** Texts whose likeness is shown as a table. */
const MOST_COMPARED = 12;

export async function runEmbed({ options, positionals }: EmbedLine, io: CliIo): Promise<void> {
  const { output, json } = options;
  if (output !== undefined) await checkNpy(output, options);
  const input = textInput(subject, positionals, io);
  using opened = await openModel(AutoModel, "helium-nano", options, io);
  const kept: Embedded[] = [];
  for await (const embedded of embedAll(opened, input.groups, options, io)) {
    if (output !== undefined || (!json && kept.length < MOST_COMPARED)) kept.push(embedded);
    if (output !== undefined) continue;
    io.stdout.write(json ? `${jsonLine(embedded)}\n` : `${firstNumbers(embedded)}\n`);
  }
  if (output !== undefined) await writeNpy(output, kept, options, io);
  else if (!json && kept.length > 1 && input.source === "arguments") io.stdout.write(`\n${likeness(kept)}`);
}

async function checkNpy(output: string, { json, force }: EmbedLine["options"]): Promise<void> {
  if (!output.toLowerCase().endsWith(".npy"))
    throw new UsageError(subject, `--output ${output} does not end in .npy; for JSON lines use --json > ${output}`);
  if (json) throw new UsageError(subject, "writes a file with --output or JSON lines with --json, not both");
  await checkOutput(output, "file", force);
}

/** The vectors of all texts in their order; those of some texts at a time. */
async function* embedAll(
  { model, tokenizer, location }: Awaited<ReturnType<typeof openModel<"base">>>,
  groups: AsyncIterable<readonly string[]>,
  { pooling = "mean", raw, dimensions, truncate }: EmbedLine["options"],
  { signal }: Pick<CliIo, "signal">,
): AsyncGenerator<Embedded> {
  using engine = await createInferenceEngine({ model, tokenizer });
  const context = model.config.maxPositionEmbeddings;
  const idsOf = (text: string, index: number): readonly number[] => {
    const ids = tokenizer.encode(text);
    if (ids.length <= context) return ids;
    if (truncate) return ids.slice(0, context);
    throw new GenerationError(
      `text ${index + 1}`,
      `has ${formatCount(ids.length)} tokens, but the context of ${location} is ${formatCount(context)}; shorten it, or give --truncate`,
      { given: ids.length, expected: context },
    );
  };
  let count = 0;
  for await (const texts of groups) {
    const rows = texts.map((text) => ({ index: count, text, ids: idsOf(text, count++) }));
    for (const together of parts(rows)) {
      const vectors = await Promise.all(
        together.map(({ ids: inputIds }) =>
          engine.embed({
            inputIds,
            pooling,
            normalize: !raw,
            ...(dimensions !== undefined && { dimensions }),
            ...(signal && { signal }),
          }),
        ),
      );
      for (const [at, { index, text, ids }] of together.entries())
        yield { index, text, tokens: ids.length, vector: vectors[at] ?? new Float32Array() };
    }
  }
}

/** Rows in parts of not too many tokens. */
function* parts<R extends { readonly ids: readonly number[] }>(rows: readonly R[]): Generator<readonly R[]> {
  let part: R[] = [];
  let tokens = 0;
  for (const row of rows) {
    if (part.length > 0 && tokens + row.ids.length > TOKENS_AT_ONCE) {
      yield part;
      part = [];
      tokens = 0;
    }
    part.push(row);
    tokens += row.ids.length;
  }
  if (part.length > 0) yield part;
}

/** Nine digits tell an f32 from its neighbours. */
const jsonLine = ({ vector, ...rest }: Embedded): string =>
  JSON.stringify({ ...rest, embedding: Array.from(vector, (value) => Number(value.toPrecision(9))) });

const SHOWN = 4;

function firstNumbers({ vector, text }: Embedded): string {
  const numbers = Array.from(vector.subarray(0, SHOWN), (value) => value.toFixed(4).padStart(7));
  return `${numbers.join(" ")} … ${formatCount(vector.length)} numbers\t${printable(text)}`;
}

/** Cosines of all pairs; rows and columns are numbered as the texts are given. */
function likeness(all: readonly Embedded[]): string {
  const header = ["cosine", ...all.map(({ index }) => `${index + 1}`.padStart(6))];
  const rows = all.map(({ index, vector }) => [
    `${index + 1}`.padStart(6),
    ...all.map((other) => cosine(vector, other.vector).toFixed(3).padStart(6)),
  ]);
  return alignColumns([header, ...rows])
    .map((line) => `${line}\n`)
    .join("");
}

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, c) => sum + value * (y[c] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

async function writeNpy(
  output: string,
  all: readonly Embedded[],
  { dimensions }: EmbedLine["options"],
  io: CliIo,
): Promise<void> {
  const columns = all[0]?.vector.length ?? dimensions ?? 0;
  await writeFileAtomically(output, async (write) => {
    await write(npyHeader(all.length, columns));
    for (const { vector } of all) await write(npyRow(vector));
  });
  const size = formatBytes(npyHeader(all.length, columns).length + 4 * all.length * columns);
  io.stdout.write(
    `${printable(output)}: ${formatCount(all.length)} vectors of ${formatCount(columns)} numbers · ${size}\n`,
  );
}
