export { perRow as stoppingCriterion, type StoppingCriterion } from "./criterion.ts";
export { eos } from "./eos.ts";
export { maxLength } from "./max-length.ts";
export { maxTime } from "./max-time.ts";
export type { StopStringTokenizer } from "./stop-string-tokenizer.ts";
export { stopStrings } from "./stop-strings.ts";
export { endedBy, isFinished, rowEndedBy, stoppingCriteria, type StoppingCriterionName } from "./table.ts";
