import type { HeadModels, HeadName } from "../../heads/index.ts";
import type { WorkerModel } from "./inference-engine.ts";

/** A model as a message tells of it. */
export function describeModel(model: HeadModels[HeadName]): WorkerModel {
  const { config, head, backend } = model;
  const { modelType, vocabSize, maxPositionEmbeddings, hiddenSize, id2label } = config;
  const generationConfig = head === "causal-lm" ? model.generationConfig : null;
  const ends = generationConfig ? generationConfig.eosTokenId : config.eosTokenId;
  return {
    ...{ modelType, head, vocabSize, maxPositionEmbeddings, hiddenSize },
    id2label: head === "sequence-classification" || head === "token-classification" ? id2label : null,
    backend: backend.name,
    eosTokenIds: [ends ?? []].flat(),
    generationConfig,
  };
}
