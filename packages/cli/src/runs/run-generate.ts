import { AutoModelForCausalLM, GenerationError } from "@helium-lm/helium";
import { timedGeneration, type GenerationReport } from "@helium-lm/helium/pipelines";
import type { CommandLine } from "../options/command-line.ts";
import { defaultLengths } from "../options/default-lengths.ts";
import type { grammarOptions } from "../options/grammar-options.ts";
import { grammarOf } from "../options/grammar-options.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { openSpeculation } from "../options/open-speculation.ts";
import { UsageError, type OptionValues } from "../options/option-table.ts";
import type { samplingOptions } from "../options/sampling-options.ts";
import { samplingOf } from "../options/sampling-options.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { speculationOptions } from "../options/speculation-options.ts";
import { pipedText } from "../options/text-input.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { PassStats, statsText } from "../terminal/pass-stats.ts";
import { formatCount, formatNumber } from "../terminal/quantities.ts";
import { printable, styleFor } from "../terminal/style.ts";

const subject = "helium generate";

type GenerateLine = CommandLine<
  SharedOptions &
    OptionValues<typeof samplingOptions & typeof grammarOptions & typeof speculationOptions> &
    LoadingOptions & {
      readonly maxNewTokens: number | undefined;
      readonly ignoreEos: boolean;
      readonly stats: boolean;
    }
>;

export async function runGenerate({ options, positionals }: GenerateLine, io: CliIo): Promise<void> {
  if (positionals.length > 1)
    throw new UsageError(subject, `takes one prompt, but ${positionals.length} were given; put it in quotes`);
  const sampling = samplingOf(subject, options);
  const constrained = await grammarOf(subject, options);
  const prompt = positionals[0] ?? (io.stdin.isTTY ? "" : await pipedText(io));
  using opened = await openModel(AutoModelForCausalLM, "helium-nano", options, io);
  const { model, tokenizer, location } = opened;
  using speculation = await openSpeculation(subject, options, tokenizer, io);
  const inputIds = tokenizer.encode(prompt);
  const room = roomAfter(inputIds.length, model.config.maxPositionEmbeddings);
  const { bold } = styleFor(io.stdout, io);
  let isLineOpen = false;
  const onText = (part: string, isPrompt: boolean): void => {
    if (options.json || part === "" || (isPrompt && constrained)) return;
    io.stdout.write(isPrompt ? bold(printable(part)) : printable(part));
    isLineOpen = true;
  };
  let report: GenerationReport;
  const stats = new PassStats(model);
  try {
    report = await timedGeneration(model, tokenizer, {
      inputIds,
      maxNewTokens: options.maxNewTokens ?? defaultLengths[constrained ? "constrained" : "free"],
      room,
      options: {
        ...sampling,
        ...constrained?.(tokenizer),
        ...speculation.options,
        ...(options.ignoreEos && { eosTokenId: [] }),
        ...(io.signal && { signal: io.signal }),
      },
      onText,
      onFirstToken: () => stats.start(),
    });
  } finally {
    if (isLineOpen) io.stdout.write("\n");
  }
  const isSampled = sampling.doSample ?? model.generationConfig.doSample ?? false;
  const seed = isSampled ? sampling.seed : null;
  const backend = model.backend.name;
  const passes = options.stats ? stats.end() : null;
  if (options.json) {
    const stated = { prompt, ...report, seed, backend, model: location, ...(passes && { stats: passes }) };
    io.stdout.write(`${JSON.stringify(stated)}\n`);
  } else {
    const isCut = constrained !== null && (report.finishReason === "length" || report.finishReason === "context");
    if (isCut) io.stderr.write("the text was cut off before its grammar came to an end; raise --max-new-tokens\n");
    io.stderr.write(`${measurements(report, seed, backend)}\n`);
    if (passes) io.stderr.write(`${statsText(passes)}\n`);
  }
}

/** New tokens that fit behind a prompt. @throws GenerationError where none does */
function roomAfter(promptLength: number, context: number): number {
  // Without a prompt the model starts from one token of its own.
  const room = context - Math.max(promptLength, 1);
  if (room > 0) return room;
  throw new GenerationError(
    "prompt",
    `has ${formatCount(promptLength)} tokens, but the model's context is ${formatCount(context)}; shorten it`,
    { given: promptLength, expected: context - 1 },
  );
}

function measurements(report: GenerationReport, seed: number | null, backend: string): string {
  const { prefill, decode } = report.tokensPerSecond;
  return [
    `${formatCount(report.tokens.length)} tokens in ${formatNumber(report.seconds)} s`,
    ...(prefill === null ? [] : [`prefill ${formatNumber(prefill)} tokens/s`]),
    ...(decode === null ? [] : [`decode ${formatNumber(decode)} tokens/s`]),
    `backend ${backend}`,
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(report.finishReason === "context" ? ["stopped at the end of the model's context"] : []),
  ].join(" · ");
}
