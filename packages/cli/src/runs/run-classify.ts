import { AutoModelForSequenceClassification, softmaxRow, type DecoderConfig } from "@helium-lm/helium";
import type { CommandLine } from "../options/command-line.ts";
import { DEFAULT_TOP } from "../options/default-top.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import { textInput } from "../options/text-input.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatNumber, formatShare } from "../terminal/quantities.ts";
import { printable, styleFor, type Style } from "../terminal/style.ts";
import { labelLogits, labelName } from "./label-logits.ts";

/** A class of a text with its score: a probability, or the raw output of a regression model. */
interface LabelScore {
  readonly label: string;
  readonly score: number;
}

type ClassifyLine = CommandLine<SharedOptions & LoadingOptions & { readonly top: number | undefined }>;

export async function runClassify({ options, positionals }: ClassifyLine, io: CliIo): Promise<void> {
  const input = textInput("helium classify", positionals, io);
  using opened = await openModel(AutoModelForSequenceClassification, "helium-nano-langid", options, io);
  const { model, tokenizer } = opened;
  const style = styleFor(io.stdout, io);
  const isSingle = input.source === "arguments" && positionals.length === 1;
  const top = options.top ?? (options.json ? Infinity : isSingle ? DEFAULT_TOP : 1);
  for await (const texts of input.groups) {
    const rows: Float32Array[] = [];
    for await (const { row, logits } of labelLogits(model, tokenizer(texts).inputIds, io)) rows[row] = logits;
    for (const [row, logits] of rows.entries()) {
      const text = texts[row] ?? "";
      const scores = rankedScores(logits, model.config).slice(0, top);
      const show = (score: LabelScore): string => labelAndScore(score, model.config, style);
      const doubt = isShippedModel(options.model) ? doubtOf(text) : null;
      if (doubt !== null) io.stderr.write(`${printable(doubt)}\n`);
      if (options.json) io.stdout.write(`${JSON.stringify({ text, ...scores[0], scores })}\n`);
      else if (isSingle) io.stdout.write(scores.map((score) => `${show(score)}\n`).join(""));
      else io.stdout.write(`${scores.map(show).join("  ")}\t${printable(text)}\n`);
    }
  }
}

/** Words of the shortest text that helium-nano-langid was trained on (its README). */
const FEWEST_WORDS = 3;

const isShippedModel = (name: string | undefined): boolean => name === undefined || name === "helium-nano-langid";

/** A word may be of several languages, and its probabilities say nothing of that. */
function doubtOf(text: string): string | null {
  const words = text.trim().split(/\s+/).length;
  if (words >= FEWEST_WORDS) return null;
  return `uncertain: ${quotedStart(text)} is shorter than the ${FEWEST_WORDS} words that the model was trained on at least; give more text`;
}

const quotedStart = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** All labels, the best first: softmax, or for multi-label models a sigmoid each, or the raw output of a regression. */
function rankedScores(logits: Float32Array, config: DecoderConfig): LabelScore[] {
  const scores = isRegression(config)
    ? Float64Array.from(logits)
    : config.problemType === "multi_label_classification"
      ? Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)))
      : softmaxRow(logits);
  return [...scores].map((score, id) => ({ label: labelName(config, id), score })).sort((a, b) => b.score - a.score);
}

const isRegression = ({ problemType, numLabels }: DecoderConfig): boolean =>
  problemType === "regression" || (problemType === null && numLabels === 1);

function labelAndScore({ label, score }: LabelScore, config: DecoderConfig, style: Style): string {
  const value = isRegression(config) ? formatNumber(score) : formatShare(score);
  return `${style.hue(config.label2id[label] ?? 0, printable(label))} ${value}`;
}
