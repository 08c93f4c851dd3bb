export { DataError, EndpointError, EvalError } from "./errors.ts";
export { Reading, type Row } from "./data/reading.ts";
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
