export { DataError, EndpointError, EvalError } from "./errors.ts";
export { filesData, type DataSource } from "./data/data-source.ts";
export { hubData } from "./data/hub-data.ts";
export { openDataset, type DatasetSplit } from "./data/open-dataset.ts";
export { Reading, type Row } from "./data/reading.ts";
export { readRows, type RowFormat, type RowOptions } from "./data/row-format.ts";
export { rowsFrom, type RowSource } from "./data/rows-from.ts";
export { buildItems, defaultSeed, type ItemsOptions } from "./prompt/build-items.ts";
export type { GenerationItem, Item, MultipleChoiceItem, PerplexityItem } from "./prompt/item.ts";
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
export { evaluate, resultsOf, type EvaluationOptions, type EvaluationRecord } from "./run/evaluate.ts";
export { MemoryJournal, type Journal, type JournalAnswer } from "./run/journal.ts";
export { mergeShards } from "./run/merge.ts";
export {
  planPreset,
  planTasks,
  planWanted,
  type EvaluationPlan,
  type PlannedGroup,
  type PlannedTask,
  type WantedTask,
} from "./run/planned-task.ts";
export type { EvaluationProgress } from "./run/progress.ts";
export type { ItemRecord } from "./run/record-item.ts";
export { parseShard, type Shard } from "./run/shard.ts";
export type { TranslationOptions } from "./run/task-metrics.ts";
export type { TaskRecord } from "./run/task-record.ts";
export { EngineScorer, type EngineScorerOptions } from "./scoring/engine-scorer.ts";
export type { ScoringTokenizer } from "./scoring/encode-pair.ts";
export type { EndpointScorerOptions, EndpointTokenizer } from "./scoring/endpoint-options.ts";
export { EndpointScorer } from "./scoring/endpoint-scorer.ts";
export type {
  GenerationRequest,
  LogLikelihood,
  LogLikelihoodRequest,
  RollingLogLikelihood,
  RollingRequest,
  Scorer,
  ScoringOptions,
} from "./scoring/scorer.ts";
export {
  cardAverages,
  type CardBenchmark,
  cardFigure,
  cardFigures,
  type CardModel,
  cardModel,
  cardModels,
} from "./tasks/card.ts";
export { cardModelFor } from "./tasks/card-model-for.ts";
export { allMmluSubjects } from "./tasks/benchmarks/mmlu-subjects.ts";
export {
  allLanguages,
  type Language,
  type LanguageNames,
  languages,
  type TranslatedLanguage,
  translatedLanguages,
} from "./tasks/languages.ts";
export { type Candidate, type Preset, preset, type PresetRow, presets } from "./tasks/presets.ts";
export { protocol } from "./tasks/protocol.ts";
export { type Splits, splitsOf } from "./tasks/splits.ts";
export { task, taskGroups, tasks, tasksNamed } from "./tasks/tasks.ts";
export { defineTask } from "./tasks/task.ts";
export type {
  AnswerNormalization,
  Dataset,
  FewShotSampler,
  GenerationMetric,
  GenerationTask,
  MultipleChoiceMetric,
  MultipleChoiceTask,
  NamedExample,
  NamedExamples,
  PerplexityTask,
  Subset,
  Task,
  TaskGroup,
} from "./tasks/task.ts";
