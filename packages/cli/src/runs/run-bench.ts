import { QuantMatrix } from "@helium-lm/tensor";
import { matrixBytes } from "@helium-lm/nn";
import { AutoModelForCausalLM, type ModelForCausalLM } from "@helium-lm/helium";
import type { BenchModel, BenchReport, BenchRun } from "../bench/bench-report.ts";
import { profilerOf } from "../bench/device-report.ts";
import { machineHere } from "../bench/machine.ts";
import { measureSpeed, type MeasureOptions } from "../bench/measure-speed.ts";
import { reportMarkdown, reportText } from "../bench/report-text.ts";
import { speedTests, testLength, testName, type SpeedTest } from "../bench/speed-test.ts";
import { version } from "../command.ts";
import type { CommandLine } from "../options/command-line.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { formatCount } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";

/** By itself Dawn rounds timestamps, as in a page. */
const dawnFlags = ["disable-dawn-features=timestamp_quantization"];

const subject = "helium bench";

type Numbers = readonly number[] | undefined;

type BenchLine = CommandLine<
  Omit<SharedOptions, "threads"> &
    LoadingOptions & {
      readonly nPrompt: Numbers;
      readonly nGen: Numbers;
      readonly nDepth: Numbers;
      readonly batch: Numbers;
      readonly threads: Numbers;
      readonly repetitions: number | undefined;
      readonly budget: number | undefined;
      readonly markdown: boolean;
    }
>;

export async function runBench({ options, positionals }: BenchLine, io: CliIo): Promise<void> {
  const [given, ...more] = positionals;
  if (more.length > 0) throw new UsageError(subject, `measures one model, but ${positionals.length} were given`);
  if (given !== undefined && options.model !== undefined)
    throw new UsageError(subject, "takes the model as an argument or with --model, not both");
  if (options.json && options.markdown) throw new UsageError(subject, "prints --json or --markdown, not both");
  const { nPrompt = [512], nGen = [128], nDepth = [0], batch = [1], repetitions = 5, budget = 512 } = options;
  const tests = speedTests({ prompts: nPrompt, generations: nGen, depths: nDepth, batches: batch });
  if (tests.length === 0) throw new UsageError(subject, "has nothing to measure; give --n-prompt or --n-gen above 0");
  const named = { ...options, model: given ?? options.model };
  const machine = await machineHere();
  const runs: BenchRun[] = [];
  let model: BenchModel | null = null;
  for (const threads of options.threads ?? [undefined]) {
    const start = performance.now();
    using opened = await openModel(AutoModelForCausalLM, "helium-nano", { ...named, threads, dawnFlags }, io);
    const loadSeconds = (performance.now() - start) / 1000;
    checkLengths(tests, opened.model);
    model ??= describeModel(named.model ?? "helium-nano", opened.model);
    runs.push(await measured(opened.model, loadSeconds, { tests, repetitions, budget }, options, io));
  }
  if (model === null) return;
  const report: BenchReport = {
    ...{ version: version(io), date: new Date().toISOString(), machine, model },
    ...{ settings: { repetitions, budget }, runs },
  };
  if (options.json) io.stdout.write(`${JSON.stringify(report)}\n`);
  else if (options.markdown) io.stdout.write(reportMarkdown(report));
  else io.stdout.write(reportText(report, styleFor(io.stdout, io).bold));
}

async function measured(
  model: ModelForCausalLM,
  loadSeconds: number,
  settings: Pick<MeasureOptions, "tests" | "repetitions" | "budget">,
  { json }: Pick<SharedOptions, "json">,
  io: CliIo,
): Promise<BenchRun> {
  const { backend } = model;
  const loadedBytes = backend.memory().bytes;
  const progress = new ProgressLine(io, { label: "measuring", format: formatCount, quiet: json });
  try {
    const onRun = (done: number, total: number): void => progress.show(done, total);
    const profiler = await profilerOf(backend);
    const roof = profiler && (await profiler.roof());
    const profile = profiler && ((work: () => Promise<unknown>) => profiler.profile(work));
    const { profiles, ...found } = await measureSpeed(model, { ...settings, profile, signal: io.signal, onRun });
    const { peakBytes } = backend.memory();
    const residentBytes = process.resourceUsage().maxRSS * 1024;
    return {
      ...{ backend: backend.info(), device: roof && { limits: profiler.limits, roof, profiles }, loadSeconds },
      ...{ memory: { loadedBytes, peakBytes, residentBytes }, ...found },
    };
  } finally {
    progress.clear();
  }
}

/** @throws UsageError for a test that does not fit into the model's context */
function checkLengths(tests: readonly SpeedTest[], { config }: ModelForCausalLM): void {
  const context = config.maxPositionEmbeddings;
  const tooLong = tests.find((test) => testLength(test) > context);
  if (tooLong)
    throw new UsageError(
      subject,
      `${testName(tooLong)} needs ${formatCount(testLength(tooLong))} tokens, but the model's context is ${formatCount(context)}; lower --n-prompt, --n-gen or --n-depth`,
      { given: testLength(tooLong), expected: context },
    );
}

function describeModel(name: string, model: ModelForCausalLM): BenchModel {
  const bytes = new Map<string, number>();
  let parameters = 0;
  for (const [, matrix] of model.stateDict()) {
    const type = matrix instanceof QuantMatrix ? matrix.format : matrix.dtype;
    bytes.set(type, (bytes.get(type) ?? 0) + matrixBytes(matrix));
    parameters += matrix.shape.reduce((size, n) => size * n, 1);
  }
  const weightBytes = Object.fromEntries([...bytes].sort(([, a], [, b]) => b - a));
  return { name, modelType: model.config.modelType, parameters, weightBytes };
}
