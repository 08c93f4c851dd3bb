export { normalizeSquad, normalizeTriviaQa } from "./answer-normalizers.ts";
export { bleuTokenizers, type BleuTokenizer, type BleuTokenizerName } from "./translation/bleu-tokenizers.ts";
export {
  Bleu,
  corpusBleu,
  sentenceBleu,
  type BleuFigures,
  type BleuOptions,
  type BleuScore,
  type BleuSmoothing,
} from "./translation/bleu.ts";
export { bootstrapStandardError } from "./bootstrap.ts";
export {
  calibration,
  choiceProbabilities,
  type Calibration,
  type CalibrationBin,
  type Prediction,
} from "./calibration.ts";
export { Chrf, corpusChrf, sentenceChrf, type ChrfOptions, type ChrfScore } from "./translation/chrf.ts";
export { sumOf, type Statistics } from "./statistics.ts";
export { referencesPerHypothesis } from "./translation/corpus.ts";
export { exactMatch, normalizedAnswer } from "./exact-match.ts";
export { bleuMetric, chrfMetric, metricTable, type GenerationOutcome, type PerplexityMetric } from "./metric-table.ts";
export { aggregate, meanMetric, type Metric, type ScoreOfSums, type StandardErrorKind } from "./metric.ts";
export { mkqaLanguages, normalizeMkqa, normalizeMultilingual, type MkqaLanguage } from "./mkqa-normalizers.ts";
export { choiceScores, chosen, isRight, type MultipleChoiceOutcome } from "./multiple-choice.ts";
export { bitsPerByte, perplexity, textLength, type RollingOutcome } from "./perplexity.ts";
export { sentencePieceTokenizer } from "./translation/sentencepiece-tokenizer.ts";
export { groupScore, mean, sampleDeviation, standardErrorOfMean, type TaskScore } from "./standard-error.ts";
export { tokenF1 } from "./token-f1.ts";
