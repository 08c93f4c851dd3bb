import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  DecoderConfig,
  ModelForSequenceClassification,
  ModelForTokenClassification,
  ModelInputs,
} from "@helium-lm/helium";
import { paddedBatches } from "@helium-lm/helium/pipelines";
import type { CliIo } from "../terminal/cli-io.ts";

type Classifier = ModelForSequenceClassification | ModelForTokenClassification;

/** The logits that a row of ids has in its batch: `[labels]`, or of every token `[T, labels]`, T with padding. */
export interface RowLogits {
  readonly row: number;
  readonly logits: Float32Array;
}

/** Logits of each row of ids, batch by batch, shortest rows first. @throws the signal's reason when aborted */
export async function* labelLogits(
  model: Classifier,
  ids: readonly (readonly number[])[],
  { signal }: Pick<CliIo, "signal">,
): AsyncGenerator<RowLogits> {
  for (const { rows, inputIds, attentionMask } of paddedBatches(ids, model.config.padTokenId)) {
    const flat = await logitsOf(model, { inputIds, attentionMask });
    const rowSize = flat.length / rows.length;
    for (const [b, row] of rows.entries()) yield { row, logits: flat.subarray(b * rowSize, (b + 1) * rowSize) };
    await nextTurn();
    signal?.throwIfAborted();
  }
}

async function logitsOf(model: Classifier, inputs: ModelInputs): Promise<Float32Array> {
  using output = model.forward(inputs);
  return Float32Array.from(await output.logits.data());
}

/** The name of a label, or the one that transformers gives to one without a name. */
export const labelName = ({ id2label }: DecoderConfig, id: number): string => id2label[id] ?? `LABEL_${id}`;
