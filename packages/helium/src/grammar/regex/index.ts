export { RegexArena } from "./regex-arena.ts";
export type { Regex } from "./regex-columns.ts";
