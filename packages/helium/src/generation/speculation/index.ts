export { canSpeculate } from "./can-speculate.ts";
export type { SpeculationStats } from "./draft.ts";
export { draftSchedules, type DraftSchedule } from "./draft-length.ts";
