import {
  add,
  arange,
  argmax,
  eq,
  expand,
  gather,
  mul,
  narrow,
  reshape,
  scope,
  squeeze,
  tensor,
  where,
  type OptionNames,
  type Tensor,
} from "@helium-lm/tensor";
import type { Linear } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { DecoderModel } from "../model/decoder-model.ts";
import { InputError } from "../errors.ts";
import { binaryCrossEntropy, crossEntropy, meanSquaredError } from "./losses.ts";
import { checkInputNames, idsTensor, modelInputNames, numberRows, type ModelInputs } from "../model/model-inputs.ts";
import type { SequenceClassifierOutput } from "../model/model-outputs.ts";
import {
  loadHead,
  loadProjection,
  type HeadDefinition,
  type HeadLoadOptions,
  type HeadProjection,
} from "../model/head-definition.ts";
import { PreTrainedModel } from "../model/pretrained-model.ts";
import type { StateDict } from "../model/state-dict.ts";

export interface SequenceClassificationInputs extends ModelInputs {
  /** One class or target per row, or `[B][labels]` targets for regression and multi-label problems. */
  readonly labels?: readonly number[] | readonly (readonly number[])[];
}

const inputNames: OptionNames<SequenceClassificationInputs> = { ...modelInputNames, labels: true };

const projection = ({ traits, numLabels }: DecoderConfig): HeadProjection => ({
  path: traits.weights.score,
  out: numLabels,
  bias: false,
  tied: false,
  scaled: false,
});

/** Trunk + `score` (no bias): one row of logits per sequence, taken at its last token that is not padding. */
export class ModelForSequenceClassification extends PreTrainedModel {
  readonly head = "sequence-classification";
  protected readonly classSuffix = sequenceClassificationHead.classSuffix;
  readonly #score: Linear;

  constructor(trunk: DecoderModel, score: Linear, state: StateDict) {
    super(trunk, state);
    this.#score = score;
  }

  static load(options: HeadLoadOptions): Promise<ModelForSequenceClassification> {
    const { config } = options;
    return loadHead(options, "prefix", async ({ trunk, state, source, own }) => {
      const score = own(loadProjection(source, config, projection(config)));
      return new ModelForSequenceClassification(await trunk, await score, state);
    });
  }

  /**
   * One pass over `inputIds` `[B][T]`: logits `[B, labels]` in f32, in the order of `config.id2label`, and with `labels` the
   * loss. The output is the caller's: `output.dispose()` or `using` frees its tensors.
   *
   * @throws InputError for inputs that do not fit, e.g. a batch without a pad token in the config; DisposedError
   * @example
   * using model = await AutoModelForSequenceClassification.fromPretrained("models/helium-nano-langid", { backend: "cpu" });
   * using output = model.forward({ inputIds: [[1, 588, 1027]] });
   * console.log(output.logits.shape[1] === model.config.numLabels); // true
   */
  forward(inputs: SequenceClassificationInputs): SequenceClassifierOutput {
    checkInputNames(inputs, inputNames);
    return this.withTrunk(inputs, (hidden) => {
      const logits = this.project(this.#pool(hidden, inputs)); // [B, labels]
      return { loss: inputs.labels ? this.#loss(logits, inputs.labels) : null, logits };
    });
  }

  /** `[..., C]` → `[..., labels]` */
  override project(states: Tensor): Tensor {
    return this.#score.forward(states);
  }

  override dispose(): void {
    this.#score.dispose();
    super.dispose();
  }

  /**
   * `[B, T, C]` → `[B, C]`: the position of the last id that is not the pad token (the attention mask is not
   * consulted); the last position for embeddings or a single row without a pad token.
   */
  #pool(hidden: Tensor, { inputIds }: ModelInputs): Tensor {
    const [B, T, C] = hidden.shape as [number, number, number];
    const { padTokenId } = this.config;
    if (padTokenId === null && B > 1)
      throw new InputError(
        "padTokenId",
        `is not set in the config, so a batch of ${B} rows cannot be pooled; set it or give one row`,
        {
          batch: B,
        },
      );
    if (inputIds === undefined || padTokenId === null) return squeeze(narrow(hidden, 1, T - 1, 1), 1);
    return scope(() => {
      const { backend } = hidden;
      const slots = expand(arange(backend, 0, T), [B, T]);
      const isPad = eq(idsTensor(backend, inputIds), padTokenId);
      const last = argmax(where(isPad, tensor(backend, 0, { dtype: "i32" }), slots), -1); // [B]
      const rows = add(mul(arange(backend, 0, B), T), last);
      return gather(reshape(hidden, [B * T, C]), rows);
    });
  }

  #loss(logits: Tensor, labels: readonly number[] | readonly (readonly number[])[]): Tensor {
    const flat = numberRows("labels", Array.isArray(labels) && Array.isArray(labels[0]) ? labels : [labels]).flat();
    const { problemType, numLabels } = this.config;
    const problem =
      problemType ??
      (numLabels === 1
        ? "regression"
        : Array.isArray(labels[0]) || !flat.every(Number.isInteger)
          ? "multi_label_classification"
          : "single_label_classification");
    switch (problem) {
      case "regression":
        return meanSquaredError(logits, flat);
      case "single_label_classification":
        return crossEntropy(logits, flat);
      case "multi_label_classification":
        return binaryCrossEntropy(logits, flat);
      default:
        throw new InputError(
          "problemType",
          `"${problem}" has no loss; expected regression, single_label_classification or multi_label_classification`,
          {
            given: problem,
          },
        );
    }
  }
}

export const sequenceClassificationHead: HeadDefinition<ModelForSequenceClassification> = {
  classSuffix: "ForSequenceClassification",
  checkpoint: "a sequence classifier",
  projection,
  positions: "last",
  load: (options) => ModelForSequenceClassification.load(options),
};
