import {
  AutoModelForTokenClassification,
  argmaxRow,
  softmaxRow,
  type ModelForTokenClassification,
  type BatchEncoding,
  type Tokenizer,
  type DecoderConfig,
} from "@helium-lm/helium";
import { labelSpans, type LabelSpan } from "@helium-lm/helium/pipelines";
import type { CommandLine } from "../options/command-line.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import { textInput } from "../options/text-input.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatShare } from "../terminal/quantities.ts";
import { printable, styleFor } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";
import { labelLogits, labelName } from "./label-logits.ts";

interface TaggedText {
  readonly text: string;
  readonly inputIds: readonly number[];
  readonly tokens: readonly string[];
  readonly labels: readonly string[];
  /** Probability of each label. */
  readonly scores: readonly number[];
  readonly spans: readonly LabelSpan[];
}

type TagLine = CommandLine<SharedOptions & LoadingOptions & { readonly tokens: boolean }>;

export async function runTag({ options, positionals }: TagLine, io: CliIo): Promise<void> {
  const input = textInput("helium tag", positionals, io);
  using opened = await openModel(AutoModelForTokenClassification, "helium-nano-codeswitch", options, io);
  const { model, tokenizer } = opened;
  const { hue } = styleFor(io.stdout, io);
  const coloured = (label: string, text: string): string => hue(model.config.label2id[label] ?? 0, printable(text));
  let isFirst = true;
  for await (const texts of input.groups) {
    for (const result of await tagTexts(model, tokenizer, texts, io)) {
      if (options.json) {
        io.stdout.write(`${JSON.stringify(result)}\n`);
        continue;
      }
      const lines = options.tokens
        ? tokenTable(result)
        : result.spans.map(({ label, text }) => `${coloured(label, label)}\t${coloured(label, text)}`);
      io.stdout.write(`${isFirst ? "" : "\n"}${lines.map((line) => `${line}\n`).join("")}`);
      isFirst = false;
    }
  }
}

async function tagTexts(
  model: ModelForTokenClassification,
  tokenizer: Tokenizer,
  texts: readonly string[],
  io: CliIo,
): Promise<TaggedText[]> {
  const encoded = tokenizer(texts, { returnTokens: true, returnOffsetsMapping: true, returnSpecialTokensMask: true });
  const result: TaggedText[] = [];
  for await (const { row, logits } of labelLogits(model, encoded.inputIds, io))
    result[row] = tagged(texts[row] ?? "", encoded, row, logits, model.config);
  return result;
}

/** @param logits `[T, labels]`, T with padding */
function tagged(
  text: string,
  { inputIds, tokens, offsetsMapping, specialTokensMask }: BatchEncoding,
  row: number,
  logits: Float32Array,
  config: DecoderConfig,
): TaggedText {
  const { numLabels } = config;
  const ids = inputIds[row] ?? [];
  const labels: string[] = [];
  const scores: number[] = [];
  for (const t of ids.keys()) {
    const tokenLogits = logits.subarray(t * numLabels, (t + 1) * numLabels);
    const best = argmaxRow(tokenLogits);
    labels.push(labelName(config, best));
    scores.push(softmaxRow(tokenLogits)[best] ?? 0);
  }
  const isSpecial = (specialTokensMask?.[row] ?? []).map(Boolean);
  return {
    text,
    inputIds: ids,
    tokens: tokens?.[row] ?? [],
    labels,
    scores,
    spans: labelSpans(text, labels, offsetsMapping?.[row] ?? [], isSpecial),
  };
}

function tokenTable({ tokens, labels, scores }: TaggedText): string[] {
  return alignColumns(
    tokens.map((token, t) => [printable(token), printable(labels[t] ?? ""), formatShare(scores[t] ?? 0)]),
  );
}
