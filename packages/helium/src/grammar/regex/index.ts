export type { ByteAutomaton } from "./byte-automaton.ts";
export { RegexArena } from "./regex-arena.ts";
export type { Regex } from "./regex-columns.ts";
export { WorkBudget } from "./work-budget.ts";
