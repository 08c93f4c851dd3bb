export { RegexArena, type CountedLoop } from "./regex-arena.ts";
export type { ByteAutomaton, Regex } from "./regex-columns.ts";
export { WorkBudget } from "./work-budget.ts";
