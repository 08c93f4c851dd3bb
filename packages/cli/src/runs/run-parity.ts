import { type Backend } from "@helium-lm/tensor";
import { nodeFileSource } from "@helium-lm/nn/io/node";
import type { MatrixDType } from "@helium-lm/nn";
import { AutoModelForCausalLM, modelSource, type ModelSource } from "@helium-lm/helium";
import { compareWithDump, ReferenceDump, type Difference, type ParityReport } from "@helium-lm/helium/parity";
import { namedBackend } from "../options/chosen-backend.ts";
import type { CommandLine } from "../options/command-line.ts";
import { hubAccess, modelLocation } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { printable, styleFor } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";

const subject = "helium parity";

/** One backend and one way to keep the weights. */
interface Receipt extends ParityReport {
  readonly backend: string;
  readonly dtype: MatrixDType;
}

type ParityLine = CommandLine<
  SharedOptions & {
    readonly reference: string | undefined;
    readonly backends: readonly string[] | undefined;
    readonly dtypes: readonly MatrixDType[] | undefined;
    readonly all: boolean;
  }
>;

export async function runParity({ options, positionals }: ParityLine, io: CliIo): Promise<void> {
  const [operand, ...more] = positionals;
  if (more.length > 0) throw new UsageError(subject, `takes one model, but ${positionals.length} were given`);
  if (operand !== undefined && options.model !== undefined)
    throw new UsageError(subject, "takes the model as an argument or with --model, not both; leave one out");
  if (options.reference === undefined)
    throw new UsageError(subject, "needs --reference <file>, made by scripts/reference/dump_reference.py");
  const access = hubAccess(io, options);
  const dump = await ReferenceDump.open(await nodeFileSource(options.reference));
  try {
    const location = await modelLocation(operand ?? options.model, "helium-nano", io);
    const source = await modelSource(location, access.options);
    for (const backend of options.backends ?? [options.backend ?? "auto"])
      for (const dtype of options.dtypes ?? ["auto"]) {
        io.signal?.throwIfAborted();
        const receipt = await receiptOf(source, dump, dtype, await namedBackend(backend, options));
        if (options.json) io.stdout.write(`${JSON.stringify(receipt)}\n`);
        else io.stdout.write(tableOf(receipt, options.all, styleFor(io.stdout, io).bold));
      }
  } finally {
    access.clear();
    await dump.close();
  }
}

/** Disposes the backend. */
async function receiptOf(
  source: ModelSource,
  dump: ReferenceDump,
  dtype: MatrixDType,
  backend: Backend,
): Promise<Receipt> {
  try {
    using model = await AutoModelForCausalLM.fromPretrained(source, { backend, dtype });
    return { backend: backend.name, dtype, ...(await compareWithDump(model, dump)) };
  } finally {
    backend.dispose();
  }
}

function tableOf(receipt: Receipt, all: boolean, bold: (text: string) => string): string {
  const { backend, dtype, modules, layers, logits, skipped } = receipt;
  const kinds = [...new Set(modules.map(({ kind }) => kind))];
  const chosen = all ? modules : kinds.map((kind) => farthest(modules.filter((module) => module.kind === kind)));
  const states = all ? layers : layers.length > 0 ? [farthest(layers)] : [];
  const rows = [
    ["", "max abs", "relative", "cosine", ""],
    ...chosen.map((module) => [module.kind, ...figures(module), module.path]),
    ...states.map((state) => ["hidden state", ...figures(state), `after ${state.layer} layers`]),
    ["logits", ...figures(logits), `first choice ${(100 * logits.top1).toFixed(1)} %, KL ${exponent(logits.kl)}`],
  ];
  const lines = [bold(printable(`${backend}, ${dtype}`)), ...alignColumns(rows).map((row) => `  ${printable(row)}`)];
  if (skipped.length > 0) lines.push(`  not compared: ${printable(skipped.join(", "))}`);
  return `${lines.join("\n")}\n`;
}

/** The one with the largest relative difference; NaN counts as the largest. */
function farthest<D extends Difference>(of: readonly D[]): D {
  return of.reduce((a, b) => (Number.isNaN(a.relative) || a.relative >= b.relative ? a : b));
}

const figures = ({ maxAbs, relative, cosine }: Difference): string[] => [
  exponent(maxAbs),
  exponent(relative),
  cosine.toFixed(8),
];

const exponent = (value: number): string => (value === 0 ? "0" : value.toExponential(1));
