import { AutoModelForCausalLM, GenerationError } from "@helium-lm/helium";
import { defineCommand } from "../command.ts";
import { grammarOf, grammarOptions } from "../options/grammar-options.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { flag, integer, UsageError } from "../options/option-table.ts";
import { formatCount, formatNumber } from "../terminal/quantities.ts";
import { PassStats, statsText } from "../terminal/pass-stats.ts";
import { samplingOf, samplingOptions } from "../options/sampling-options.ts";
import { openSpeculation, speculationOptions } from "../options/speculation-options.ts";
import { printable, styleFor } from "../terminal/style.ts";
import { pipedText } from "../options/text-input.ts";
import { timedGeneration, type GenerationReport } from "@helium-lm/helium/pipelines";

/** New tokens at most: of a text without end, and of one that a grammar ends. */
const defaultLengths = { free: 64, constrained: 512 };

const subject = "helium generate";

export const generate = defineCommand({
  name: "generate",
  operands: "[prompt]",
  summary: "continue a text",
  details: `Continues the prompt, given in quotes or piped in; without a prompt the model starts a text of its own. The text is
written to stdout as it is generated, the speed to stderr. With --json-schema, --regex, --choice or --grammar the new text
can be nothing else, and it alone is written. With --json, one object is printed at the end: {"prompt",
"text", "completion", "inputIds", "tokens", "finishReason", "seconds", "tokensPerSecond", "seed", "backend", "model"}, and
"stats" with --stats.

  helium generate "Um das System zu installieren,"
  helium generate --temperature 0.8 --top-p 0.95 --seed 7 "Once upon a time"
  helium generate --choice " yes, no" "Is the sky blue? Answer yes or no:"`,
  options: {
    maxNewTokens: integer(
      "n",
      1,
      `maximum tokens to generate, within the model's context; default ${defaultLengths.free}, or ${defaultLengths.constrained} with a grammar`,
    ),
    ...samplingOptions,
    ...grammarOptions,
    ...speculationOptions,
    ignoreEos: flag("continue after an end-of-text token"),
    stats: flag("show how passes were computed: replayed or not, time inside and outside kernels"),
    ...loadingOptions,
  },
  run: async ({ options, positionals }, io) => {
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
  },
});

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
