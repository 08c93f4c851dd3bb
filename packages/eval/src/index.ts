export { DataError, EndpointError, EvalError } from "./errors.ts";
export { filesData, type DataSource } from "./data/data-source.ts";
export { hubData } from "./data/hub-data.ts";
export { openDataset, type DatasetSplit } from "./data/open-dataset.ts";
export { Reading, type Row } from "./data/reading.ts";
export { readRows, type RowFormat, type RowOptions } from "./data/row-format.ts";
export { htmlReport } from "./report/html-report.ts";
export { markdownTable } from "./report/markdown-table.ts";
export { outputNames, type OutputNames } from "./report/output-names.ts";
export { resultsJson } from "./report/results-json.ts";
export type {
  CardCandidate,
  CardRow,
  DocumentCount,
  EvaluatedModel,
  EvaluationResults,
  EvaluationSettings,
  EvaluationTiming,
  GroupResults,
  MetricResult,
  Sample,
  SampleHashes,
  SampleMetric,
  SampleRequest,
  SampleResponse,
  TaskResults,
} from "./report/results.ts";
export { sampleHashes } from "./report/sample-hashes.ts";
export { samplesJsonl } from "./report/samples-jsonl.ts";
export { taskConfig } from "./report/task-config.ts";
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
