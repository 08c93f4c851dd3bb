import { formatShape, type Backend } from "@helium-lm/tensor";
import type { TensorInfo } from "@helium-lm/nn";
import { type DecoderConfig, modelSource, loadConfig } from "@helium-lm/helium";
import { summarise, type CheckpointSummary, keptTypes, type KeptType } from "@helium-lm/helium/convert";
import { chosenBackend } from "../options/chosen-backend.ts";
import type { CommandLine } from "../options/command-line.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { adapterRows, backendRows } from "../terminal/load-notes.ts";
import { formatBytes, formatCount } from "../terminal/quantities.ts";
import { printable, styleFor, type Style } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";

type InspectLine = CommandLine<SharedOptions & { readonly all: boolean }>;

export async function runInspect({ options, positionals }: InspectLine, io: CliIo): Promise<void> {
  if (positionals.length > 1)
    throw new UsageError(
      "helium inspect",
      `takes one model, but ${positionals.length} were given; inspect them one by one`,
    );
  if (positionals.length === 1 && options.model !== undefined)
    throw new UsageError("helium inspect", "takes the model as an argument or with --model, not both; leave one out");
  const location = await modelLocation(positionals[0] ?? options.model, "helium-nano", io);
  const access = hubAccess(io, options);
  const source = await modelSource(location, access.options);
  const config = await loadConfig(source);
  const reader = await source.openWeights().finally(() => access.clear());
  let summary: CheckpointSummary;
  try {
    summary = summarise(config, reader);
  } finally {
    await reader.close();
  }
  const { backend, gpujsMode, threads, codegen } = options;
  const isAsked = [backend, gpujsMode, threads, codegen].some((option) => option !== undefined);
  const kept = isAsked ? await keptOn(options, summary) : null;
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ model: location, ...summary, ...(kept && { kept }) })}\n`);
    return;
  }
  const sections = [
    [location],
    architecture(config, summary),
    memory(config, summary),
    computing(kept),
    keeping(kept),
    notes(summary),
    tensorTable(summary.tensors, options.all),
  ];
  const style = styleFor(io.stdout, io);
  const blocks = sections.filter((lines) => lines.length > 0).map((lines) => render(lines, style));
  io.stdout.write(blocks.join("\n"));
}

/** The first line of a section is its heading. */
const render = ([heading = "", ...lines]: readonly string[], { bold }: Style): string =>
  [bold(printable(heading)), ...lines.map((line) => `  ${printable(line)}`)].map((line) => `${line}\n`).join("");

function architecture(config: DecoderConfig, { architectures }: CheckpointSummary): string[] {
  const { traits } = config;
  const classes = architectures.map(({ name, head }) => `${name} (${head ?? "of no known family"})`);
  const windows = new Set(traits.window.filter((window) => window !== null));
  const rope = traits.rope.sets.map(({ ropeType, ropeTheta }) => `${ropeType}, theta ${formatCount(ropeTheta)}`);
  const labels = Object.values(config.id2label);
  const rows = [
    ["model type", config.modelType],
    ["architecture", classes.join(", ") || "not stated"],
    ["layers", formatCount(traits.numHiddenLayers)],
    ["hidden size", formatCount(traits.hiddenSize)],
    [
      "attention",
      `${traits.numAttentionHeads} heads of ${traits.headDim}, ${traits.numKeyValueHeads} for keys and values`,
    ],
    ...(windows.size > 0 ? [["window", `${[...windows].map(formatCount).join(", ")} tokens in some layers`]] : []),
    ["mlp", `${formatCount(traits.intermediateSize)}, ${traits.activation}`],
    ["norm", `${traits.norm.kind}, eps ${traits.norm.eps}`],
    ["rope", [...rope, traits.rope.pairing].join(", ")],
    ["vocabulary", `${formatCount(traits.vocabSize)}, ${traits.tied ? "head tied to the embeddings" : "own head"}`],
    ["context", `${formatCount(config.maxPositionEmbeddings)} tokens`],
    ...(architectures.some(({ name }) => name.endsWith("Classification"))
      ? [["labels", labels.length > 20 ? `${formatCount(labels.length)}` : labels.join(", ")]]
      : []),
  ];
  return ["config", ...alignColumns(rows)];
}

function memory(config: DecoderConfig, summary: CheckpointSummary): string[] {
  const { weights, kvCacheBytesPerToken } = summary.memory;
  const context = config.maxPositionEmbeddings;
  return [
    "size",
    ...alignColumns([
      ["parameters", `${formatCount(summary.parameters)} in ${formatCount(summary.tensors.length)} tensors`],
      ["file", stored(summary)],
      ["loaded", weights === null ? "has tensors of a type that cannot be loaded" : byDType(weights, formatBytes)],
      ["KV per token", byDType(kvCacheBytesPerToken, (bytes) => `${formatCount(bytes)} B`)],
      [
        "KV full",
        `${byDType(kvCacheBytesPerToken, (bytes) => formatBytes(bytes * context))}; ${formatCount(context)} tokens`,
      ],
    ]),
  ];
}

function stored({ storedBytes, storedAs }: CheckpointSummary): string {
  const shares = storedAs.map(
    ({ dtype, tensors, bytes }) => `${dtype} ${formatBytes(bytes)} × ${formatCount(tensors)}`,
  );
  return shares.length > 1 ? `${formatBytes(storedBytes)}; ${shares.join(", ")}` : formatBytes(storedBytes);
}

/** What `--backend` tells: the backend in its own words, and how it keeps the weights. */
interface Kept {
  readonly backend: ReturnType<Backend["info"]>;
  readonly types: readonly KeptType[];
}

async function keptOn(options: SharedOptions, { tensors, memory }: CheckpointSummary): Promise<Kept> {
  const backend = await chosenBackend(options);
  try {
    const types = memory.weights === null ? [] : await keptTypes(backend, tensors);
    return { backend: backend.info(), types };
  } finally {
    backend.dispose();
  }
}

const computing = (kept: Kept | null): string[] =>
  kept === null ? [] : ["computed by", ...alignColumns([...backendRows(kept.backend), ...adapterRows(kept.backend)])];

/** What is said of matrices that no kernel works with as they are kept. */
const slowly: { readonly [P in KeptType["runs"]]: string } = {
  kernel: "",
  host: ", multiplied in JavaScript",
  composed: ", made floats of for every product",
  expanded: "",
};

function keeping(kept: Kept | null): string[] {
  if (kept === null || kept.types.length === 0) return [];
  const { backend, types } = kept;
  const rows = types.map(({ stored, kept: as, runs, tensors, bytesPerWeight, bytes }) => [
    stored,
    `${as === stored ? "as it is" : `expanded to ${as}`}${slowly[runs]}`,
    `${bytesPerWeight.toFixed(2)} B a weight`,
    `${formatBytes(bytes)} × ${formatCount(tensors)}`,
  ]);
  return [`kept on ${[backend["backend"], backend["mode"]].filter(Boolean).join(" ")}`, ...alignColumns(rows)];
}

const byDType = (table: Readonly<Record<string, number>>, show: (bytes: number) => string): string =>
  Object.entries(table)
    .map(([dtype, bytes]) => `${dtype} ${show(bytes)}`)
    .join(", ");

function notes({ unknownConfigKeys, warnings }: CheckpointSummary): string[] {
  const unknown = unknownConfigKeys.length > 0 ? [`unknown keys: ${unknownConfigKeys.join(", ")}`] : [];
  const lines = [...unknown, ...warnings];
  return lines.length > 0 ? ["notes on config.json", ...lines] : [];
}

/** One line per tensor, or per set of tensors that differ by their layer only. */
function tensorTable(tensors: readonly TensorInfo[], all: boolean): string[] {
  const groups = new Map<string, { readonly info: TensorInfo; readonly layers: string[] }>();
  for (const info of tensors) {
    const [, before, layer, after] = /^(.*\blayers\.)(\d+)(\..*)$/.exec(info.name) ?? [];
    const isAlone = all || layer === undefined;
    const key = isAlone ? info.name : JSON.stringify([before, after, info.dtype, info.shape]);
    const group = groups.get(key) ?? { info, layers: [] };
    groups.set(key, group);
    if (!isAlone) group.layers.push(layer);
  }
  const rows = [...groups.values()].map(({ info, layers }) => [
    layers.length > 1 ? info.name.replace(/(\blayers\.)\d+/, `$1{${ranges(layers)}}`) : info.name,
    info.dtype,
    formatShape(info.shape),
    `${formatBytes(info.storedBytes)}${layers.length > 1 ? ` × ${layers.length}` : ""}`,
  ]);
  return ["tensors", ...alignColumns(rows)];
}

/** `["0", "1", "2", "5"]` → `0…2,5` */
function ranges(layers: readonly string[]): string {
  const sorted = layers.map(Number).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const layer of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && layer === run[1] + 1) run[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}…${last}`)).join(",");
}
