export { DataError, EndpointError, EvalError } from "./errors.ts";
export { filesData, type DataSource } from "./data/data-source.ts";
export { hubData } from "./data/hub-data.ts";
export { openDataset, type DatasetSplit } from "./data/open-dataset.ts";
export { Reading, type Row } from "./data/reading.ts";
export { readRows, type RowFormat, type RowOptions } from "./data/row-format.ts";
export type {
  GenerationRequest,
  LogLikelihood,
  LogLikelihoodRequest,
  RollingLogLikelihood,
  RollingRequest,
  Scorer,
  ScoringOptions,
} from "./scoring/scorer.ts";
export type {
  AnswerNormalization,
  Dataset,
  FewShotSampler,
  GenerationMetric,
  GenerationTask,
  MultipleChoiceMetric,
  MultipleChoiceTask,
  PerplexityTask,
  Task,
  TaskGroup,
} from "./tasks/task.ts";
