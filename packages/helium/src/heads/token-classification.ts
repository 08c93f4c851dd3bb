import { reshape, type OptionNames, type Tensor } from "@helium-lm/tensor";
import type { Linear } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { DecoderModel } from "../model/decoder-model.ts";
import { InputError } from "../errors.ts";
import { crossEntropy } from "./losses.ts";
import { checkInputNames, modelInputNames, numberRows, type ModelInputs } from "../model/model-inputs.ts";
import { disposable, type TokenClassifierOutput } from "../model/model-outputs.ts";
import {
  loadHead,
  loadProjection,
  type HeadDefinition,
  type HeadLoadOptions,
  type HeadProjection,
} from "../model/head-definition.ts";
import { PreTrainedModel } from "../model/pretrained-model.ts";
import type { StateDict } from "../model/state-dict.ts";

export interface TokenClassificationInputs extends ModelInputs {
  /** One class per token `[B][T]`, −100 where none; not shifted. */
  readonly labels?: readonly (readonly number[])[];
}

const inputNames: OptionNames<TokenClassificationInputs> = { ...modelInputNames, labels: true };

const projection = ({ traits, numLabels, tokenClassificationBias: bias }: DecoderConfig): HeadProjection => ({
  path: traits.weights.score,
  out: numLabels,
  bias,
  tied: false,
  scaled: false,
});

/** Trunk + `score` with a bias (unless the config says `token_classification_bias: false`): logits per token. */
export class ModelForTokenClassification extends PreTrainedModel {
  readonly head = "token-classification";
  protected readonly classSuffix = tokenClassificationHead.classSuffix;
  readonly #score: Linear;

  constructor(trunk: DecoderModel, score: Linear, state: StateDict) {
    super(trunk, state);
    this.#score = score;
  }

  static load(options: HeadLoadOptions): Promise<ModelForTokenClassification> {
    const { config } = options;
    return loadHead(options, "prefix", async ({ trunk, state, source, own }) => {
      const score = own(loadProjection(source, config, projection(config)));
      return new ModelForTokenClassification(await trunk, await score, state);
    });
  }

  /**
   * One pass over `inputIds` `[B][T]`: logits `[B, T, labels]` in f32, in the order of `config.id2label`, and with `labels` the
   * loss. The output is the caller's: `output.dispose()` or `using` frees its tensors.
   *
   * @throws InputError for inputs that do not fit, before anything is computed; DisposedError
   * @example
   * using model = await AutoModelForTokenClassification.fromPretrained("models/helium-nano-codeswitch", { backend: "cpu" });
   * using output = model.forward({ inputIds: [[1, 588, 1027]] });
   * console.log(output.logits.shape.slice(0, 2)); // [ 1, 3 ]
   */
  forward(inputs: TokenClassificationInputs): TokenClassifierOutput {
    checkInputNames(inputs, inputNames);
    const { pastKeyValues, ...output } = this.withTrunk(inputs, (hidden) => {
      const logits = this.project(hidden); // [B, T, labels]
      return { loss: inputs.labels ? this.#loss(logits, inputs.labels) : null, logits };
    });
    if (!inputs.pastKeyValues) pastKeyValues?.dispose();
    return disposable(output);
  }

  /** `[..., C]` → `[..., labels]` */
  override project(states: Tensor): Tensor {
    return this.#score.forward(states);
  }

  override dispose(): void {
    this.#score.dispose();
    super.dispose();
  }

  #loss(logits: Tensor, given: readonly (readonly number[])[]): Tensor {
    const labels = numberRows("labels", given);
    const [B, T, n] = logits.shape as [number, number, number];
    if (labels.length !== B || labels.some((row) => row.length !== T))
      throw new InputError(
        "labels",
        `expected [${B}][${T}], got ${labels.length} rows of ${labels.map((row) => row.length).join(", ")}`,
      );
    return crossEntropy(reshape(logits, [B * T, n]), labels.flat());
  }
}

export const tokenClassificationHead: HeadDefinition<ModelForTokenClassification> = {
  classSuffix: "ForTokenClassification",
  checkpoint: "a token classifier",
  projection,
  positions: "every",
  load: (options) => ModelForTokenClassification.load(options),
};
